package io.millrace.layers.topology;

import io.millrace.layers.record.RowSerde;
import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/** Carried events in internal topics and stores: a format byte, two keys with their lengths (-1 is null), the row. */
final class CarriedSerde {
    private static final byte FORMAT = 1;
    private static final int HEAD = 1 + 2 * Integer.BYTES;

    private CarriedSerde() {}

    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: null in, null out
    static Serde<Carried> of(RowSerde rows) {
        return Serdes.serdeFrom(
                (topic, carried) -> carried == null ? null : write(rows, topic, carried),
                (topic, bytes) -> bytes == null ? null : read(rows, topic, bytes));
    }

    private static byte[] write(RowSerde rows, String topic, Carried carried) {
        byte[] row = rows.serialize(topic, carried.row());
        ByteBuffer buffer = ByteBuffer.allocate(HEAD + size(carried.to()) + size(carried.key()) + row.length);
        buffer.put(FORMAT);
        put(buffer, carried.to());
        put(buffer, carried.key());
        return buffer.put(row).array();
    }

    private static Carried read(RowSerde rows, String topic, byte[] bytes) {
        if (bytes.length < HEAD || bytes[0] != FORMAT) {
            throw new SerializationException("an event of '" + topic + "' is not in format " + FORMAT
                    + ": the state was written by another version; reset the pipeline's layers");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        Bytes to = take(buffer);
        Bytes key = take(buffer);
        byte[] row = new byte[buffer.remaining()];
        buffer.get(row);
        return new Carried(to, key, rows.deserialize(topic, row));
    }

    private static int size(@Nullable Bytes key) {
        return key == null ? 0 : key.get().length;
    }

    private static void put(ByteBuffer buffer, @Nullable Bytes key) {
        buffer.putInt(key == null ? -1 : key.get().length);
        if (key != null) {
            buffer.put(key.get());
        }
    }

    private static @Nullable Bytes take(ByteBuffer buffer) {
        int length = buffer.getInt();
        if (length < 0) {
            return null;
        }
        byte[] key = new byte[length];
        buffer.get(key);
        return Bytes.wrap(key);
    }
}
