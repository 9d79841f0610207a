package io.millrace.plugin.converter;

import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.connect.data.Schema;

/** One long, as {@link LongSerializer} writes it. */
public final class LongConverter extends SingleValueConverter<Long> {
    public LongConverter() {
        super(Long.class, Schema.OPTIONAL_INT64_SCHEMA, new LongSerializer(), new LongDeserializer());
    }
}
