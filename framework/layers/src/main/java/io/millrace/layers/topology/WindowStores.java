package io.millrace.layers.topology;

import io.millrace.layers.record.KeyMarks;
import io.millrace.layers.record.WindowSerdes;
import io.millrace.layers.record.WindowState;
import java.nio.ByteBuffer;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The windows of groups, by group and start, and the groups' marks. Plain stores with keys in the order of their bytes: Kafka Streams' own
 * window stores let go of what is behind the task's newest record, whatever its key.
 *
 * @param windows see {@link #key}
 * @param marks by group
 */
record WindowStores(KeyValueStore<Bytes, WindowState> windows, KeyValueStore<Bytes, KeyMarks> marks) {

    static Set<StoreBuilder<?>> builders(String step) {
        return Set.of(
                Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(step + ".windows"), Serdes.Bytes(), WindowSerdes.window()),
                Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(step + ".marks"), Serdes.Bytes(), WindowSerdes.marks()));
    }

    static WindowStores of(ProcessorContext<?, ?> context, String step) {
        return new WindowStores(store(context, step + ".windows"), store(context, step + ".marks"));
    }

    private static <S extends StateStore> S store(ProcessorContext<?, ?> context, String name) {
        return context.getStateStore(name);
    }

    KeyMarks marksOf(Bytes group) {
        KeyMarks found = marks.get(group);
        return found == null ? KeyMarks.NONE : found;
    }

    /** The group's windows that start in a range, both ends included, the first first. To be closed. */
    KeyValueIterator<Bytes, WindowState> range(Bytes group, long from, long to) {
        return windows.range(key(group, from), key(group, to));
    }

    /** As {@link #range}, the last first. */
    KeyValueIterator<Bytes, WindowState> reverseRange(Bytes group, long from, long to) {
        return windows.reverseRange(key(group, from), key(group, to));
    }

    /** The length of the group, the group, the start as unsigned bytes order it. */
    static Bytes key(Bytes group, long start) {
        byte[] bytes = group.get();
        return Bytes.wrap(ByteBuffer.allocate(Integer.BYTES + bytes.length + Long.BYTES)
                .putInt(bytes.length)
                .put(bytes)
                .putLong(start ^ Long.MIN_VALUE)
                .array());
    }

    static Bytes group(Bytes key) {
        ByteBuffer buffer = ByteBuffer.wrap(key.get());
        byte[] group = new byte[buffer.getInt()];
        buffer.get(group);
        return Bytes.wrap(group);
    }
}
