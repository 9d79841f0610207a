package io.millrace.layers.topology;

import io.millrace.layers.step.Outcome;
import io.millrace.plugin.record.DeadLetter;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
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
        Emission<T> emission = new Emission.Dead<>(deadLetter.value());
        return entered.withValue(emission).withHeaders(deadLetter.headers());
    }
}
