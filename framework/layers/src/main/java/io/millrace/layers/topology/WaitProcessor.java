package io.millrace.layers.topology;

import io.millrace.layers.record.Row;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Holds events whose row is not there yet, and lets them go when it comes or their time is up. Events of one key of the table leave in the
 * order they came: while one waits, the row is not there, so those after it wait too.
 *
 * <p>Two stores: the held events by number, which is the order of their deadlines too, since all wait equally long; and the numbers by the
 * key they wait for. Both are in the transaction of the input, so a kill neither loses nor doubles what is held.
 */
final class WaitProcessor implements Processor<Bytes, Awaited, Bytes, Joined> {
    private static final byte[] NOTHING = {};
    private static final int AT_ONCE = 1000;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** Where a waiting processor keeps things. */
    record Place(String held, String waiting, Duration patience) {
        Set<StoreBuilder<?>> stores() {
            return Set.of(store(held), store(waiting));
        }

        private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
            return Stores.keyValueStoreBuilder(
                    Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray());
        }
    }

    private final Place place;
    private final Serde<Carried> serde;
    private final StreamCounters counters;
    private long next;
    private long holding;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private ProcessorContext<Bytes, Joined> context;

    @SuppressWarnings("NullAway.Init")
    private KeyValueStore<Bytes, byte[]> held;

    @SuppressWarnings("NullAway.Init")
    private KeyValueStore<Bytes, byte[]> waiting;

    WaitProcessor(Place place, Serde<Carried> serde, StreamCounters counters) {
        this.place = place;
        this.serde = serde;
        this.counters = counters;
    }

    @Override
    public void init(ProcessorContext<Bytes, Joined> processorContext) {
        context = processorContext;
        held = processorContext.getStateStore(place.held());
        waiting = processorContext.getStateStore(place.waiting());
        try (KeyValueIterator<Bytes, byte[]> all = held.all()) {
            while (all.hasNext()) {
                next = number(all.next().key) + 1;
                holding++;
            }
        }
        counters.held().add(holding);
        Duration every = place.patience().compareTo(LOOK_EVERY) < 0 ? place.patience() : LOOK_EVERY;
        processorContext.schedule(every, PunctuationType.WALL_CLOCK_TIME, this::expire);
    }

    @Override
    public void process(Record<Bytes, Awaited> entered) {
        if (entered.value() instanceof Awaited.Change change) {
            if (change.row() != null) {
                release(entered.key(), change.row());
            }
            return;
        }
        Awaited.Event event = (Awaited.Event) entered.value();
        Bytes to = event.carried().to();
        if (to == null || event.right() != null) {
            forward(event.carried(), event.right(), entered.timestamp(), entered);
        } else {
            hold(to, event.carried(), entered);
        }
    }

    private void hold(Bytes to, Carried carried, Record<Bytes, Awaited> entered) {
        long deadline = context.currentSystemTimeMs() + place.patience().toMillis();
        HeldEvent event = new HeldEvent(deadline, entered.timestamp(), entered.headers(), carried);
        long number = next++;
        held.put(key(number), event.write(serde, place.held()));
        waiting.put(waitingKey(to, number), NOTHING);
        holding++;
        counters.held().increment();
    }

    /** Lets go what waits for a row that came. */
    private void release(Bytes to, Row row) {
        List<Long> numbers = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> those = waiting.range(waitingKey(to, 0), waitingKey(to, Long.MAX_VALUE))) {
            while (those.hasNext()) {
                byte[] key = those.next().key.get();
                numbers.add(ByteBuffer.wrap(key, key.length - Long.BYTES, Long.BYTES)
                        .getLong());
            }
        }
        for (long number : numbers) {
            let(number, Objects.requireNonNull(held.get(key(number))), row);
        }
    }

    private void expire(long now) {
        List<KeyValue<Bytes, byte[]>> due;
        do {
            due = due(now);
            due.forEach(event -> let(number(event.key), event.value, null));
        } while (due.size() == AT_ONCE);
    }

    private List<KeyValue<Bytes, byte[]>> due(long now) {
        List<KeyValue<Bytes, byte[]>> due = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all = held.all()) {
            while (all.hasNext() && due.size() < AT_ONCE) {
                KeyValue<Bytes, byte[]> first = all.next();
                if (HeldEvent.deadline(first.value) > now) {
                    break;
                }
                due.add(first);
            }
        }
        return due;
    }

    private void let(long number, byte[] bytes, @Nullable Row right) {
        HeldEvent event = HeldEvent.read(serde, place.held(), bytes);
        held.delete(key(number));
        waiting.delete(waitingKey(Objects.requireNonNull(event.carried().to()), number));
        holding--;
        counters.held().decrement();
        Joined joined = new Joined(event.carried().row(), right);
        context.forward(new Record<>(event.carried().key(), joined, event.timestamp(), event.headers()));
    }

    private void forward(Carried carried, @Nullable Row right, long timestamp, Record<Bytes, Awaited> entered) {
        context.forward(entered.withKey(carried.key())
                .withValue(new Joined(carried.row(), right))
                .withTimestamp(timestamp));
    }

    @Override
    public void close() {
        counters.held().add(-holding);
        holding = 0;
    }

    private static Bytes key(long number) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    private static long number(Bytes key) {
        return ByteBuffer.wrap(key.get()).getLong();
    }

    /** The key, a zero byte, which no canonical key has, and the number: so a range finds those of one key, in their order. */
    private static Bytes waitingKey(Bytes to, long number) {
        byte[] bytes = Arrays.copyOf(to.get(), to.get().length + 1 + Long.BYTES);
        ByteBuffer.wrap(bytes, to.get().length + 1, Long.BYTES).putLong(number);
        return Bytes.wrap(bytes);
    }
}
