package io.millrace.worker.fault;

import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * Why a record cannot pass.
 *
 * @param executing the class that failed: a transform, a converter, the task
 * @param rule the transform's alias, or the stage's name in lower case
 * @param attempts how often it was tried, from 1
 */
public record RecordFailure(ConnectStage stage, String executing, String rule, Throwable error, int attempts) {

    /** Whether the record may pass another time; such a record is never set aside. */
    public boolean isTransient() {
        return error instanceof RetriableException;
    }

    /** The failure as an exception, for a connector that does not tolerate it. The message never holds the record. */
    public ConnectException asException(String place) {
        return new ConnectException(
                place + " failed in stage " + stage + " ('" + executing + "'), tried " + attempts
                        + (attempts == 1 ? " time: " : " times: ") + error.getMessage(),
                error);
    }
}
