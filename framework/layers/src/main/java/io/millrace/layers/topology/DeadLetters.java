package io.millrace.layers.topology;

import io.millrace.layers.record.TimedEvent;
import io.millrace.layers.step.Outcome;
import io.millrace.plugin.record.DeadLetter;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Makes the dead letters of one stream: the record as it entered the segment, and why it is here. */
final class DeadLetters {
    private final String pipeline;
    private final String stream;

    DeadLetters(String pipeline, String stream) {
        this.pipeline = pipeline;
        this.stream = stream;
    }

    <V, T> FixedKeyRecord<Bytes, Emission<T>> of(
            FixedKeyRecord<Bytes, V> entered,
            @Nullable RecordMetadata at,
            Outcome.Failed failed,
            SegmentInput<V> input) {
        DeadLetter.Builder builder = DeadLetter.of(pipeline, stream + "." + failed.step())
                .rule(failed.rule())
                .error(failed.code(), failed.cause(), failed.message());
        input.original(builder, entered, at);
        DeadLetter deadLetter = builder.build();
        Emission<T> emission = new Emission.Dead<>(deadLetter.key(), deadLetter.value());
        return entered.withValue(emission).withHeaders(deadLetter.headers());
    }

    /**
     * Of an event that reached its group and cannot be added.
     *
     * @param topic where the event can be entered again; null where only steps before make it so
     */
    <T> Record<Bytes, Emission<T>> of(
            Record<Bytes, TimedEvent> entered, Outcome.Failed failed, @Nullable String topic) {
        TimedEvent event = entered.value();
        DeadLetter deadLetter = DeadLetter.of(pipeline, stream + "." + failed.step())
                .rule(failed.rule())
                .error(failed.code(), failed.cause(), failed.message())
                .meantFor(topic)
                .bytes(SegmentProcessor.bytes(event.key()), event.row().json())
                .originalHeaders(entered.headers())
                .build();
        Emission<T> emission = new Emission.Dead<>(deadLetter.key(), deadLetter.value());
        return new Record<>(nullable(event.key()), emission, entered.timestamp(), deadLetter.headers());
    }

    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: a record may have no key
    static Bytes nullable(@Nullable Bytes key) {
        return key;
    }
}
