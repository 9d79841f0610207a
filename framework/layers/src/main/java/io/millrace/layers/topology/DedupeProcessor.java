package io.millrace.layers.topology;

import io.millrace.layers.record.Row;
import io.millrace.pipeline.step.Dedupe;
import io.millrace.plugin.record.ReplayHeaders;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/**
 * Passes an event on when none with its identity arrived within the time around it, and gives it its own key back. The store keeps the
 * arrival of each event that passed, under its identity, and forgets in segments: what is {@link #kept} older than the newest arrival of
 * its task. So two events of the same identity meet whichever of them is read first, as long as the partitions they come from are read no
 * further apart than the time that is kept beyond {@code within}; what comes later than that passes.
 */
final class DedupeProcessor implements Processor<Bytes, Carried, Bytes, Row> {
    private static final byte[] SEEN = {1};
    private static final Bytes NOTHING = Bytes.wrap(new byte[] {0});
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LEAST_ALLOWANCE = Duration.ofHours(1);

    private final Dedupe dedupe;
    private final String storeName;
    private final StreamCounters counters;
    private final long within;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private ProcessorContext<Bytes, Row> context;

    @SuppressWarnings("NullAway.Init")
    private WindowStore<Bytes, byte[]> seen;

    @SuppressWarnings("NullAway.Init")
    private Cancellable marking;

    DedupeProcessor(Dedupe dedupe, String storeName, StreamCounters counters) {
        this.dedupe = dedupe;
        this.storeName = storeName;
        this.counters = counters;
        this.within = dedupe.within().toMillis();
    }

    /** How long an arrival is kept: {@code within}, and as much again, at least an hour, for partitions that are read behind others. */
    static Duration kept(Dedupe dedupe) {
        Duration allowance = dedupe.within().compareTo(LEAST_ALLOWANCE) > 0 ? dedupe.within() : LEAST_ALLOWANCE;
        return dedupe.within().plus(allowance);
    }

    static StoreBuilder<WindowStore<Bytes, byte[]>> store(Dedupe dedupe, String name) {
        // A changelog lets go of what is old. When a pipeline is made anew, all arrivals are old: its records count
        // from when they are written.
        Map<String, String> changelog = Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        return Stores.windowStoreBuilder(
                        Stores.persistentWindowStore(name, kept(dedupe), dedupe.within(), false),
                        Serdes.Bytes(),
                        Serdes.ByteArray())
                .withLoggingEnabled(changelog);
    }

    @Override
    public void init(ProcessorContext<Bytes, Row> processorContext) {
        context = processorContext;
        seen = processorContext.getStateStore(storeName);
        marking = processorContext.schedule(SOON, PunctuationType.WALL_CLOCK_TIME, now -> mark());
    }

    /**
     * A store in segments that has none has no place for its offset either: Kafka Streams would take the task for corrupted after a clean
     * stop, and restore all of its stores. So an empty one gets an entry that no identity has, older than all arrivals.
     */
    private void mark() {
        marking.cancel();
        boolean empty;
        try (KeyValueIterator<Windowed<Bytes>, byte[]> all = seen.all()) {
            empty = !all.hasNext();
        }
        if (empty) {
            seen.put(NOTHING, SEEN, 0);
        }
    }

    @Override
    public void process(Record<Bytes, Carried> entered) {
        Carried carried = entered.value();
        Bytes identity = Objects.requireNonNull(carried.to());
        if (!hasPassed(entered.headers()) && isSeen(identity, entered.timestamp())) {
            counters.in().increment();
            counters.drop(dedupe.name());
            return;
        }
        seen.put(identity, SEEN, entered.timestamp());
        context.forward(entered.withKey(carried.key()).withValue(carried.row()));
    }

    /** Of a record that was the first of its kind, died after that, and enters again: what was seen is itself. */
    private boolean hasPassed(Headers headers) {
        return ReplayHeaders.isReplay(headers) && ReplayHeaders.passed(headers).contains(dedupe.name());
    }

    private boolean isSeen(Bytes identity, long arrival) {
        long from = Math.max(0, arrival - within + 1);
        try (WindowStoreIterator<byte[]> near = seen.fetch(identity, from, arrival + within - 1)) {
            return near.hasNext();
        }
    }
}
