package io.millrace.plugin.record;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record that can never pass: its original bytes and headers, and why. Worker and layers build it alike.
 *
 * @param topic that it was read from; for a source, that it would have gone to; null where not known
 * @param partition null for a source
 * @param offset null for a source
 * @param timestamp of the record, milliseconds since 1970; null where it had none
 * @param key as it came
 * @param value as it came
 * @param originalHeaders as they came
 * @param pipeline empty for a connector outside any pipeline
 * @param stage {@code source:<name>}, {@code <stream>.<step>} or {@code sink:<name>}
 * @param rule the rule of the stage that refused the record; empty where it has no name
 * @param errorCode stable, for example {@code validate.failed}
 * @param error what was thrown; null where a rule refused the record without an exception
 * @param message what is wrong; the exception's message where there is one
 * @param attempts how often it was tried, from 1
 * @param connector null in a layer
 * @param task null in a layer
 * @param connectStage Connect's name of the stage, for example {@code VALUE_CONVERTER}; null in a layer
 * @param executingClass the class that failed; null in a layer
 */
public record DeadLetter(
        @Nullable String topic,
        @Nullable Integer partition,
        @Nullable Long offset,
        @Nullable Long timestamp,
        byte @Nullable [] key,
        byte @Nullable [] value,
        Headers originalHeaders,
        String pipeline,
        String stage,
        String rule,
        String errorCode,
        @Nullable Throwable error,
        String message,
        int attempts,
        @Nullable String connector,
        @Nullable Integer task,
        @Nullable String connectStage,
        @Nullable String executingClass) {

    /**
     * @param pipeline empty for a connector outside any pipeline
     * @param stage {@code source:<name>}, {@code <stream>.<step>} or {@code sink:<name>}
     */
    public static Builder of(String pipeline, String stage) {
        return new Builder(pipeline, stage);
    }

    /** Twelve hex digits that are the same for the same kind of failure, whatever record it met. */
    public String fingerprint() {
        return Fingerprint.of(
                stage, rule, errorCode, error == null ? "" : error.getClass().getName(), message);
    }

    /**
     * The original headers, then Connect's and ours, which replace any of the same name. {@code millrace.origin} is kept where the record has
     * one; a record of a raw topic is its own origin.
     */
    public Headers headers() {
        return new DeadLetterHeaderWriter(this).write();
    }

    /** The record for the dead letter topic: original bytes and timestamp, {@link #headers()}, no partition. */
    public ProducerRecord<byte[], byte[]> toRecord(String deadLetterTopic) {
        return new ProducerRecord<>(deadLetterTopic, null, timestamp, key, value, headers());
    }

    /** Builds a dead letter; everything not set is absent, attempts are 1. */
    public static final class Builder {
        private final String pipeline;
        private final String stage;
        private @Nullable String topic;
        private @Nullable Integer partition;
        private @Nullable Long offset;
        private @Nullable Long timestamp;
        private byte @Nullable [] key;
        private byte @Nullable [] value;
        private Headers originalHeaders = new RecordHeaders();
        private String rule = "";
        private String errorCode = "";
        private @Nullable Throwable error;
        private @Nullable String message;
        private int attempts = 1;
        private @Nullable String connector;
        private @Nullable Integer task;
        private @Nullable String connectStage;
        private @Nullable String executingClass;

        private Builder(String pipeline, String stage) {
            this.pipeline = pipeline;
            this.stage = stage;
        }

        public Builder from(String topic, int partition, long offset) {
            this.topic = topic;
            this.partition = partition;
            this.offset = offset;
            return this;
        }

        /** Where a source's record would have gone. */
        public Builder meantFor(@Nullable String topic) {
            this.topic = topic;
            return this;
        }

        /** Milliseconds since 1970; a negative one, Kafka's word for none, counts as none. */
        public Builder timestamp(@Nullable Long millis) {
            this.timestamp = millis == null || millis < 0 ? null : millis;
            return this;
        }

        public Builder bytes(byte @Nullable [] key, byte @Nullable [] value) {
            this.key = key;
            this.value = value;
            return this;
        }

        public Builder originalHeaders(Headers headers) {
            this.originalHeaders = headers;
            return this;
        }

        public Builder rule(String rule) {
            this.rule = rule;
            return this;
        }

        public Builder error(String code, Throwable thrown) {
            this.errorCode = code;
            this.error = thrown;
            return this;
        }

        /** A failure without an exception, or with a better message than the exception's. */
        public Builder error(String code, @Nullable Throwable thrown, String message) {
            this.errorCode = code;
            this.error = thrown;
            this.message = message;
            return this;
        }

        public Builder attempts(int attempts) {
            this.attempts = attempts;
            return this;
        }

        public Builder connector(String connector, int task) {
            this.connector = connector;
            this.task = task;
            return this;
        }

        /** @param executingClass the class that failed */
        public Builder connectStage(String connectStage, @Nullable String executingClass) {
            this.connectStage = connectStage;
            this.executingClass = executingClass;
            return this;
        }

        public DeadLetter build() {
            String text = message;
            if (text == null) {
                text = error == null || error.getMessage() == null ? "" : error.getMessage();
            }
            return new DeadLetter(
                    topic,
                    partition,
                    offset,
                    timestamp,
                    key,
                    value,
                    originalHeaders,
                    pipeline,
                    stage,
                    rule,
                    errorCode,
                    error,
                    text,
                    attempts,
                    connector,
                    task,
                    connectStage,
                    executingClass);
        }
    }
}
