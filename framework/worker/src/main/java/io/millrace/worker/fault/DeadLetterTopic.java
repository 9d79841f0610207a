package io.millrace.worker.fault;

import io.millrace.plugin.record.DeadLetter;
import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Makes the records of a connector's dead letter topic; sends nothing. Owned by one task thread. */
public final class DeadLetterTopic {
    /** Larger than any record of ours, so that a record too large for its own topic fits here. */
    private static final String MAX_MESSAGE_BYTES = Integer.toString(64 * 1024 * 1024);

    private final String topic;
    private final String connector;
    private final int task;
    private final String pipeline;
    private final String stage;
    private final short replication;
    private final SourceLetter sourceLetter = new SourceLetter();

    /**
     * @param pipeline empty for a connector outside any
     * @param stage {@code source:<name>} or {@code sink:<name>}
     */
    public DeadLetterTopic(String topic, short replication, String connector, int task, String pipeline, String stage) {
        this.topic = topic;
        this.replication = replication;
        this.connector = connector;
        this.task = task;
        this.pipeline = pipeline;
        this.stage = stage;
    }

    /** How the topic is created where it is missing. */
    public NewTopic definition() {
        Optional<Short> factor = replication > 0 ? Optional.of(replication) : Optional.empty();
        return new NewTopic(topic, Optional.of(1), factor).configs(Map.of("max.message.bytes", MAX_MESSAGE_BYTES));
    }

    /** Of a record that a sink could not take: the bytes and headers it was read with. */
    public ProducerRecord<byte[], byte[]> ofSink(ConsumerRecord<byte[], byte[]> raw, RecordFailure failure) {
        return at(
                raw.timestamp(),
                letter(failure)
                        .from(raw.topic(), raw.partition(), raw.offset())
                        .bytes(raw.key(), raw.value())
                        .originalHeaders(raw.headers()));
    }

    /** Of a source's record whose bytes were made and refused, and that is not kept as its connector gave it. */
    public ProducerRecord<byte[], byte[]> ofBytes(ProducerRecord<byte[], byte[]> refused, RecordFailure failure) {
        return at(
                refused.timestamp(),
                letter(failure)
                        .meantFor(refused.topic())
                        .bytes(refused.key(), refused.value())
                        .originalHeaders(refused.headers()));
    }

    /**
     * Of a source's record that did not pass: as its connector gave it, in the form of {@link SourceLetter}, so that it can enter again.
     *
     * @param meantFor the topic it would have gone to, as far as that is known
     */
    public ProducerRecord<byte[], byte[]> ofSource(
            SourceRecord original, Arrival arrival, @Nullable String meantFor, RecordFailure failure) {
        SourceLetter.Written written = sourceLetter.write(original, arrival);
        Headers headers = headers(original);
        // A connector may copy them from another pipeline's topic.
        ReplayHeaders.remove(headers);
        headers.remove(DeadLetterHeaders.SOURCE_RECORD);
        if (written.facts() != null) {
            headers.add(DeadLetterHeaders.SOURCE_RECORD, written.facts().getBytes(StandardCharsets.UTF_8));
        }
        return at(
                arrival.millis(),
                letter(failure)
                        .meantFor(meantFor)
                        .bytes(written.key(), written.value())
                        .originalHeaders(headers));
    }

    /** Of a source's record that entered again and died again: its bytes and headers as they were. */
    public ProducerRecord<byte[], byte[]> ofReplay(ConsumerRecord<byte[], byte[]> replay, RecordFailure failure) {
        return at(
                replay.timestamp(),
                letter(failure).bytes(replay.key(), replay.value()).originalHeaders(replay.headers()));
    }

    private DeadLetter.Builder letter(RecordFailure failure) {
        return DeadLetter.of(pipeline, stage)
                .connector(connector, task)
                .connectStage(failure.stage().name(), failure.executing())
                .rule(failure.rule())
                .attempts(failure.attempts())
                .error(failure.stage().code(), failure.error());
    }

    private ProducerRecord<byte[], byte[]> at(@Nullable Long timestamp, DeadLetter.Builder letter) {
        ProducerRecord<byte[], byte[]> made = letter.build().toRecord(topic);
        Long time = timestamp != null && timestamp >= 0 ? timestamp : null;
        return new ProducerRecord<>(topic, null, time, made.key(), made.value(), made.headers());
    }

    private static Headers headers(SourceRecord original) {
        Headers headers = new RecordHeaders();
        if (original.headers() != null) {
            original.headers()
                    .forEach(header -> headers.add(
                            header.key(),
                            header.value() instanceof byte[] bytes
                                    ? bytes
                                    : header.value() == null
                                            ? null
                                            : header.value().toString().getBytes(StandardCharsets.UTF_8)));
        }
        return headers;
    }
}
