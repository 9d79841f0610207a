package io.millrace.worker.task;

import io.millrace.worker.offset.SinkProgress;
import java.time.Clock;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;

/**
 * What the parts of one life of a sink task share. Owned by the task thread.
 *
 * @param progress how far it has come
 * @param batch what was read and not taken yet
 */
record SinkLife(
        TaskSpec spec,
        SinkTask task,
        Consumer<byte[], byte[]> consumer,
        SinkContext context,
        SinkReports reports,
        SinkProgress<ProducerRecord<byte[], byte[]>> progress,
        SinkBatch batch,
        Clock clock,
        TaskMonitor monitor,
        TaskFaults faults) {

    void warn(Logger log, String what, String detail) {
        log.atWarn()
                .addKeyValue("connector", spec.connector())
                .addKeyValue("task", spec.task())
                .addKeyValue("detail", detail)
                .log(what);
    }
}
