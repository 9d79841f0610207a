package io.millrace.layers.topology;

import io.millrace.layers.step.StepRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * A raw record on its way to where the row of its new key lives.
 *
 * @param place where it was read
 * @param key as it came
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RawChange(StepRecord.Place place, @Nullable Bytes key, byte @Nullable [] value) {
    private static final byte FORMAT = 1;

    /** A format byte, the place, the key and the value with their lengths (-1 is null). */
    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: null in, null out
    static Serde<RawChange> serde() {
        return Serdes.serdeFrom(
                (topic, change) -> change == null ? null : change.write(),
                (topic, bytes) -> bytes == null ? null : read(topic, bytes));
    }

    /** As it came. */
    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: a record may have no key, and null deletes
    KeyValue<Bytes, byte[]> keyAndValue() {
        return KeyValue.pair(key, value);
    }

    private byte[] write() {
        byte[] topic = place.topic().getBytes(StandardCharsets.UTF_8);
        byte[] keyBytes = SegmentProcessor.bytes(key);
        int size = 1 + 4 * Integer.BYTES + Long.BYTES + topic.length + size(keyBytes) + size(value);
        ByteBuffer buffer = ByteBuffer.allocate(size).put(FORMAT);
        put(buffer, topic);
        buffer.putInt(place.partition()).putLong(place.offset());
        put(buffer, keyBytes);
        put(buffer, value);
        return buffer.array();
    }

    private static RawChange read(String topic, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.get() != FORMAT) {
            throw new SerializationException("a record of '" + topic + "' is not in format " + FORMAT
                    + ": it was written by another version; reset the pipeline's layers");
        }
        byte[] name = take(buffer);
        StepRecord.Place place = new StepRecord.Place(
                name == null ? "" : new String(name, StandardCharsets.UTF_8), buffer.getInt(), buffer.getLong());
        byte[] key = take(buffer);
        return new RawChange(place, key == null ? null : Bytes.wrap(key), take(buffer));
    }

    private static int size(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static void put(ByteBuffer buffer, byte @Nullable [] bytes) {
        buffer.putInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            buffer.put(bytes);
        }
    }

    private static byte @Nullable [] take(ByteBuffer buffer) {
        int length = buffer.getInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }
}
