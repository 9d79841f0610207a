package io.millrace.worker.task;

import io.millrace.plugin.record.ConverterSet;
import io.millrace.worker.fault.ConnectStage;
import io.millrace.worker.fault.RecordFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * The records a sink task reported as errant (KIP-610), until the task thread takes them. {@link #report} may be called from any
 * thread of the connector.
 *
 * <p>Its future is done at once: the dead letter is written in the transaction that commits an offset past the record, so a record can
 * never be passed without it.
 */
final class SinkReports implements ErrantRecordReporter {
    /** A reported record and where it came from. */
    record Report(TopicPartition partition, long offset, Delivery delivery) {}

    /** What Connect writes as the class that failed, whichever task it is. */
    static final String TASK = SinkTask.class.getName();

    private final SinkConversion conversion;
    private final ConverterSet converters;
    private final Queue<Report> waiting = new ConcurrentLinkedQueue<>();

    SinkReports(SinkConversion conversion, ConverterSet converters) {
        this.conversion = conversion;
        this.converters = converters;
    }

    @Override
    public Future<Void> report(SinkRecord errant, Throwable error) {
        ConsumerRecord<byte[], byte[]> raw = errant instanceof TracedSinkRecord traced ? traced.raw() : rebuild(errant);
        RecordFailure failure = new RecordFailure(ConnectStage.TASK_PUT, TASK, "task_put", error, 1);
        Delivery delivery = conversion.setAside(raw, failure);
        waiting.add(new Report(new TopicPartition(raw.topic(), raw.partition()), raw.offset(), delivery));
        return CompletableFuture.completedFuture(null);
    }

    /** A record that the connector made itself is converted back. */
    private synchronized ConsumerRecord<byte[], byte[]> rebuild(SinkRecord errant) {
        String topic = errant.originalTopic();
        Headers headers = converters.convertHeaders(topic, errant.headers());
        byte[] key = converters.fromConnectKey(topic, headers, errant.keySchema(), errant.key());
        byte[] value = converters.fromConnectValue(topic, headers, errant.valueSchema(), errant.value());
        return new ConsumerRecord<>(
                topic,
                errant.originalKafkaPartition(),
                errant.originalKafkaOffset(),
                errant.timestamp() == null ? -1L : errant.timestamp(),
                errant.timestamp() == null ? TimestampType.NO_TIMESTAMP_TYPE : errant.timestampType(),
                key == null ? -1 : key.length,
                value == null ? -1 : value.length,
                key,
                value,
                headers,
                Optional.empty());
    }

    /** Takes all reports so far. */
    List<Report> take() {
        List<Report> taken = new ArrayList<>();
        for (Report report = waiting.poll(); report != null; report = waiting.poll()) {
            taken.add(report);
        }
        return taken;
    }

    /** Forgets reports of records that will be given to the task again. */
    void forget(Predicate<Report> which) {
        waiting.removeIf(which);
    }
}
