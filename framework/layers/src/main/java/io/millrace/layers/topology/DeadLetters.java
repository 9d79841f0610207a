package io.millrace.layers.topology;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.layers.record.TimedEvent;
import io.millrace.layers.step.Outcome;
import io.millrace.pipeline.model.ErrorPolicy;
import io.millrace.pipeline.model.StreamName;
import io.millrace.plugin.record.DeadLetter;
import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a record of one stream that cannot pass, as the stream's {@code on_error} says: a dead letter with the record as it entered
 * the segment, nothing but a count, or the end of the layers. It is counted here. Immutable.
 */
final class DeadLetters {
    private final String pipeline;
    private final StreamName stream;
    private final ErrorPolicy.Then then;
    private final StreamCounters counters;

    DeadLetters(String pipeline, StreamName stream, ErrorPolicy.Then then, StreamCounters counters) {
        this.pipeline = pipeline;
        this.stream = stream;
        this.then = then;
        this.counters = counters;
    }

    /**
     * Of a record that a segment was given.
     *
     * @throws ProblemException YOURS, {@code stream.stopped}, where the stream is to stop
     */
    <V, T> FixedKeyRecord<Bytes, Emission<T>> of(
            FixedKeyRecord<Bytes, V> entered,
            @Nullable RecordMetadata at,
            Outcome.Failed failed,
            SegmentInput<V> input) {
        DeadLetter.Builder builder = builder(failed);
        input.original(builder, entered, at);
        DeadLetter deadLetter = builder.build();
        Headers headers = deadLetter.headers();
        return entered.withValue(this.<T>emission(failed, deadLetter, headers)).withHeaders(headers);
    }

    /**
     * Of an event that reached its group and cannot be added.
     *
     * @throws ProblemException as above
     */
    <T> Record<Bytes, Emission<T>> of(Record<Bytes, TimedEvent> entered, Outcome.Failed failed, Reentry reentry) {
        TimedEvent event = entered.value();
        DeadLetter.Builder builder = builder(failed)
                .bytes(SegmentProcessor.bytes(event.key()), event.row().json());
        reentry.tell(
                builder,
                new RecordHeaders(entered.headers().toArray()),
                event.row().origin());
        DeadLetter deadLetter = builder.build();
        Headers headers = deadLetter.headers();
        return new Record<>(nullable(event.key()), emission(failed, deadLetter, headers), entered.timestamp(), headers);
    }

    private DeadLetter.Builder builder(Outcome.Failed failed) {
        return DeadLetter.of(pipeline, stream + "." + failed.step())
                .rule(failed.rule())
                .error(failed.code(), failed.cause(), failed.message());
    }

    private <T> Emission<T> emission(Outcome.Failed failed, DeadLetter deadLetter, Headers headers) {
        // What a step itself says of such a record is nearer to it than what on_error says of all.
        ErrorPolicy.Then what = failed.code().equals(JoinedInput.MISSING) ? ErrorPolicy.Then.DEAD_LETTER : then;
        return switch (what) {
            case DEAD_LETTER -> {
                counters.deadLetters().increment();
                yield new Emission.Dead<>(deadLetter.key(), deadLetter.value());
            }
            case SKIP -> {
                counters.skip(failed.rule());
                yield new Emission.Skipped<>();
            }
            // Invariant: thrown before the commit, so the next run reads the record again.
            case STOP -> throw stopped(failed, headers);
        };
    }

    private ProblemException stopped(Outcome.Failed failed, Headers headers) {
        Problem problem = Problem.error(
                "stream.stopped",
                place(headers),
                "The record cannot pass '" + failed.step() + "' of " + stream + ", rule '" + failed.rule() + "' ["
                        + failed.code() + "]: " + failed.message() + "; and 'on_error' says 'then: stop'.",
                "It is read again by the next run, and nothing after it was committed. Mend the cause first, or write"
                        + " 'then: dead_letter' to let the others pass.");
        return failed.cause() == null
                ? new ProblemException(ExitCode.YOURS, problem)
                : new ProblemException(ExitCode.YOURS, problem, failed.cause());
    }

    /** Where it was read; of a row inside the layers, where the raw record was read that it was made of. */
    private static String place(Headers headers) {
        String topic = ReplayHeaders.text(headers, DeadLetterHeaders.TOPIC);
        String offset = ReplayHeaders.text(headers, DeadLetterHeaders.OFFSET);
        if (topic != null && offset != null) {
            return topic + "-" + ReplayHeaders.text(headers, DeadLetterHeaders.PARTITION) + "@" + offset;
        }
        String origin = ReplayHeaders.text(headers, DeadLetterHeaders.ORIGIN);
        return origin == null ? "" : origin;
    }

    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: a record may have no key
    static Bytes nullable(@Nullable Bytes key) {
        return key;
    }
}
