package io.millrace.plugin.converter;

import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.connect.data.Schema;

/** One int, as {@link IntegerSerializer} writes it. */
public final class IntegerConverter extends SingleValueConverter<Integer> {
    public IntegerConverter() {
        super(Integer.class, Schema.OPTIONAL_INT32_SCHEMA, new IntegerSerializer(), new IntegerDeserializer());
    }
}
