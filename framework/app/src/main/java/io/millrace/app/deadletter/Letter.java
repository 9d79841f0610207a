package io.millrace.app.deadletter;

import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import io.millrace.plugin.record.ReplayRecord;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as it was read. Its headers are asked for as they are needed.
 *
 * @param read from the dead letter topic
 */
public record Letter(ConsumerRecord<byte[], byte[]> read) {

    /** {@code <topic>-<partition>@<offset>}. */
    public String id() {
        return ReplayRecord.id(read);
    }

    /** When the record arrived at the worker. */
    public Instant at() {
        return Instant.ofEpochMilli(Math.max(0, read.timestamp()));
    }

    public String stage() {
        return text(DeadLetterHeaders.STAGE);
    }

    public String rule() {
        return text(DeadLetterHeaders.RULE);
    }

    /** The fingerprint. */
    public String group() {
        return text(DeadLetterHeaders.FINGERPRINT);
    }

    public String code() {
        return text(DeadLetterHeaders.ERROR_CODE);
    }

    public String message() {
        return text(DeadLetterHeaders.ERROR_MESSAGE);
    }

    public String origin() {
        return text(DeadLetterHeaders.ORIGIN);
    }

    /** How often it was tried, 1 or more. */
    public long attempts() {
        Long attempts = ReplayHeaders.number(read.headers(), DeadLetterHeaders.ATTEMPTS);
        return attempts == null ? 1 : Math.max(1, attempts);
    }

    /** The topic that its stage read it from; empty for a record between two steps. */
    public Optional<String> topic() {
        return Optional.of(text(DeadLetterHeaders.TOPIC)).filter(topic -> !topic.isEmpty());
    }

    /** Where the record lies that its stage read, where the bytes are those of a row that the stage made of it. */
    public Optional<ReplayRecord.Place> input() {
        return ReplayRecord.place(text(DeadLetterHeaders.INPUT));
    }

    public @Nullable Long partition() {
        return ReplayHeaders.number(read.headers(), DeadLetterHeaders.PARTITION);
    }

    public @Nullable Long offset() {
        return ReplayHeaders.number(read.headers(), DeadLetterHeaders.OFFSET);
    }

    /** A header; empty where it is absent. */
    public String text(String header) {
        String text = ReplayHeaders.text(read.headers(), header);
        return text == null ? "" : text;
    }

    @Override
    public String toString() {
        return "Letter[" + id() + "]";
    }
}
