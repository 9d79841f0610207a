package io.millrace.layers.topology;

import io.millrace.plugin.record.Breaker;
import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import java.time.Duration;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/**
 * {@code stop_if} of one stream, shared by its tasks. What passed is taken from the stream's counters, once a second and at each death.
 * Thread-safe.
 */
final class StreamBreaker {
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Breaker breaker;
    private final StreamCounters counters;
    private long seen;

    StreamBreaker(Breaker breaker, StreamCounters counters) {
        this.breaker = breaker;
        this.counters = counters;
    }

    private synchronized void look() {
        // the two are not read at one moment: a count that is late comes with the next look
        long passed = Math.max(seen, counters.in().sum() - counters.failed());
        breaker.passed(passed - seen);
        seen = passed;
    }

    private void died(String fingerprint) {
        look();
        breaker.died(fingerprint);
        // Invariant: thrown before the commit, so the input of the transaction is read again by the next run.
        breaker.throwIfOpen();
    }

    /** Stands where a stream's dead letters leave. */
    <T> FixedKeyProcessor<Bytes, Emission<T>, Emission<T>> processor() {
        return new Watching<>();
    }

    private final class Watching<T> implements FixedKeyProcessor<Bytes, Emission<T>, Emission<T>> {
        @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
        private FixedKeyProcessorContext<Bytes, Emission<T>> context;

        @Override
        public void init(FixedKeyProcessorContext<Bytes, Emission<T>> processorContext) {
            context = processorContext;
            processorContext.schedule(LOOK, PunctuationType.WALL_CLOCK_TIME, time -> look());
        }

        @Override
        public void process(FixedKeyRecord<Bytes, Emission<T>> left) {
            if (left.value() instanceof Emission.Dead || left.value() instanceof Emission.Skipped) {
                String fingerprint = ReplayHeaders.text(left.headers(), DeadLetterHeaders.FINGERPRINT);
                died(fingerprint == null ? "" : fingerprint);
            }
            context.forward(left);
        }
    }
}
