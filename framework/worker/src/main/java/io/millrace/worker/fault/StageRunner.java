package io.millrace.worker.fault;

import io.millrace.plugin.record.TransformFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Runs one stage of one record: tries again what is retriable, inside the connector's {@code errors.retry.timeout}, and turns what is
 * left into a {@link StageException}. Owned by one task thread.
 */
public final class StageRunner {
    private static final Duration FIRST_DELAY = Duration.ofMillis(300);

    /** Waits; answers true when the task is asked to stop. */
    public interface Pause {
        boolean pause(Duration time) throws InterruptedException;
    }

    /** A stage that failed for good. */
    public static final class StageException extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient RecordFailure failure;

        public StageException(RecordFailure failure) {
            super(failure.error());
            this.failure = failure;
        }

        public RecordFailure failure() {
            return failure;
        }
    }

    private final ErrorPolicy policy;
    private final Backoff backoff;
    private final Clock clock;
    private final Random random;
    private final Pause pause;

    public StageRunner(ErrorPolicy policy, Clock clock, Random random, Pause pause) {
        this.policy = policy;
        this.backoff = new Backoff(FIRST_DELAY, policy.maxRetryDelay());
        this.clock = clock;
        this.random = random;
        this.pause = pause;
    }

    /**
     * The work's answer.
     *
     * @param executing the class to name in a failure
     * @throws StageException when it failed and may not, or not any more, be tried again
     * @throws InterruptedException also when the task is asked to stop between two tries
     */
    public <T extends @Nullable Object> T run(ConnectStage stage, Class<?> executing, Callable<T> work)
            throws StageException, InterruptedException {
        int attempts = 0;
        @Nullable Instant deadline = null;
        while (true) {
            attempts++;
            try {
                return work.call();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                if (deadline == null) {
                    deadline = clock.instant().plus(policy.retryTimeout());
                }
                if (!retriable(e) || !retry(attempts, deadline)) {
                    throw new StageException(failure(stage, executing, e, attempts));
                }
            }
        }
    }

    private boolean retry(int attempts, Instant deadline) throws InterruptedException {
        boolean forever = policy.retryTimeout().isNegative();
        Duration left = Duration.between(clock.instant(), deadline);
        if (!forever && (left.isZero() || left.isNegative())) {
            return false;
        }
        Duration delay = backoff.delay(attempts, random);
        if (pause.pause(forever || delay.compareTo(left) < 0 ? delay : left)) {
            // Not a failure of the record: it is met again after the restart.
            throw new InterruptedException("the task stops between two tries of a record");
        }
        return true;
    }

    private static boolean retriable(Exception e) {
        return (e instanceof TransformFailure ? e.getCause() : e) instanceof RetriableException;
    }

    private static RecordFailure failure(ConnectStage stage, Class<?> executing, Exception e, int attempts) {
        if (e instanceof TransformFailure transform) {
            Throwable cause = transform.getCause() == null ? transform : transform.getCause();
            return new RecordFailure(stage, transform.className(), transform.alias(), cause, attempts);
        }
        return new RecordFailure(stage, executing.getName(), stage.name().toLowerCase(Locale.ROOT), e, attempts);
    }
}
