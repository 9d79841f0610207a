package io.millrace.layers.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Rows in stores and internal topics: a format byte, the length of the origin, the origin, the Connect JSON. Thread-safe. */
public final class RowSerde implements Serde<Row>, Serializer<Row>, Deserializer<Row> {
    private static final byte FORMAT = 1;
    private static final int HEAD = 1 + Short.BYTES;

    private final RowCodec codec;

    public RowSerde(RowCodec codec) {
        this.codec = codec;
    }

    @Override
    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: null in, null out
    public byte[] serialize(String topic, @Nullable Row row) {
        if (row == null) {
            return null;
        }
        byte[] origin = row.origin().getBytes(StandardCharsets.UTF_8);
        byte[] json = row.json();
        return ByteBuffer.allocate(HEAD + origin.length + json.length)
                .put(FORMAT)
                .putShort((short) origin.length)
                .put(origin)
                .put(json)
                .array();
    }

    @Override
    @SuppressWarnings("NullAway") // as above
    public Row deserialize(String topic, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        if (bytes.length < HEAD || bytes[0] != FORMAT) {
            throw new SerializationException("a row of '" + topic + "' is not in format " + FORMAT
                    + ": the state was written by another version; reset the pipeline's layers");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        byte[] origin = new byte[buffer.getShort()];
        buffer.get(origin);
        byte[] json = new byte[buffer.remaining()];
        buffer.get(json);
        return Row.ofJson(codec, new String(origin, StandardCharsets.UTF_8), json);
    }

    @Override
    public Serializer<Row> serializer() {
        return this;
    }

    @Override
    public Deserializer<Row> deserializer() {
        return this;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {}

    @Override
    public void close() {}
}
