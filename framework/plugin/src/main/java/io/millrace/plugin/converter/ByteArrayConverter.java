package io.millrace.plugin.converter;

import java.nio.ByteBuffer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** The bytes as they are. */
public final class ByteArrayConverter extends SingleValueConverter<byte[]> {
    public ByteArrayConverter() {
        super(byte[].class, Schema.OPTIONAL_BYTES_SCHEMA, new ByteArraySerializer(), new ByteArrayDeserializer());
    }

    @Override
    public byte @Nullable [] fromConnectData(String topic, @Nullable Schema schema, @Nullable Object value) {
        return super.fromConnectData(topic, schema, value instanceof ByteBuffer buffer ? Utils.toArray(buffer) : value);
    }
}
