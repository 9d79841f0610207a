package io.millrace.layers.topology;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;

/**
 * An event that waits for a row.
 *
 * @param deadline milliseconds since the epoch by the worker's clock, after which it waits no longer
 * @param timestamp the record's
 */
record HeldEvent(long deadline, long timestamp, Headers headers, Carried carried) {
    private static final byte FORMAT = 1;

    /** A format byte, the times, the headers, the event. */
    byte[] write(Serde<Carried> serde, String store) {
        byte[] event = serde.serializer().serialize(store, carried);
        int size = 1 + 2 * Long.BYTES + Integer.BYTES + event.length;
        Header[] all = headers.toArray();
        byte[][] names = new byte[all.length][];
        for (int i = 0; i < all.length; i++) {
            names[i] = all[i].key().getBytes(StandardCharsets.UTF_8);
            size += 2 * Integer.BYTES + names[i].length + (all[i].value() == null ? 0 : all[i].value().length);
        }
        ByteBuffer buffer = ByteBuffer.allocate(size)
                .put(FORMAT)
                .putLong(deadline)
                .putLong(timestamp)
                .putInt(all.length);
        for (int i = 0; i < all.length; i++) {
            byte[] value = all[i].value();
            buffer.putInt(names[i].length).put(names[i]).putInt(value == null ? -1 : value.length);
            if (value != null) {
                buffer.put(value);
            }
        }
        return buffer.put(event).array();
    }

    static HeldEvent read(Serde<Carried> serde, String store, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.get() != FORMAT) {
            throw new SerializationException("an event held in '" + store + "' is not in format " + FORMAT
                    + ": the state was written by another version; reset the pipeline's layers");
        }
        long deadline = buffer.getLong();
        long timestamp = buffer.getLong();
        RecordHeaders headers = new RecordHeaders();
        int count = buffer.getInt();
        for (int i = 0; i < count; i++) {
            String name = new String(take(buffer, buffer.getInt()), StandardCharsets.UTF_8);
            int length = buffer.getInt();
            headers.add(name, length < 0 ? null : take(buffer, length));
        }
        byte[] event = take(buffer, buffer.remaining());
        return new HeldEvent(deadline, timestamp, headers, serde.deserializer().deserialize(store, event));
    }

    /** The deadline alone, which is looked at often. */
    static long deadline(byte[] bytes) {
        return ByteBuffer.wrap(bytes, 1, Long.BYTES).getLong();
    }

    private static byte[] take(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }
}
