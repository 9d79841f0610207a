package io.millrace.worker.fault;

import io.millrace.plugin.record.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.json.JsonConverter;
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
    private final JsonConverter json = new JsonConverter();

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
        json.configure(Map.of("schemas.enable", "true", "decimal.format", "NUMERIC"), false);
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

    /** Of a source's record whose bytes were made, and refused. */
    public ProducerRecord<byte[], byte[]> ofBytes(ProducerRecord<byte[], byte[]> refused, RecordFailure failure) {
        return at(
                refused.timestamp(),
                letter(failure)
                        .meantFor(refused.topic())
                        .bytes(refused.key(), refused.value())
                        .originalHeaders(refused.headers()));
    }

    /**
     * Of a source's record that did not pass its transforms and converters: key and value that are bytes as they are, all else as Connect
     * JSON with schemas, as far as it can be rendered.
     *
     * @param arrival milliseconds since 1970, of the worker's clock
     */
    public ProducerRecord<byte[], byte[]> ofSource(SourceRecord original, long arrival, RecordFailure failure) {
        return at(
                arrival,
                letter(failure)
                        .meantFor(original.topic())
                        .bytes(
                                render(original.topic(), original.keySchema(), original.key()),
                                render(original.topic(), original.valueSchema(), original.value()))
                        .originalHeaders(headers(original)));
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

    private byte @Nullable [] render(@Nullable String meantFor, @Nullable Schema schema, @Nullable Object data) {
        if (data == null) {
            return null;
        }
        if (data instanceof byte[] bytes) {
            // a source of bytes, such as logs: nothing that JSON could add is worth the Base64
            return bytes;
        }
        String name = meantFor == null ? topic : meantFor;
        try {
            return json.fromConnectData(name, schema, data);
        } catch (RuntimeException notJson) {
            // What cannot be rendered by its schema is kept as text: better than nothing of it.
            return json.fromConnectData(name, Schema.STRING_SCHEMA, String.valueOf(data));
        }
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
