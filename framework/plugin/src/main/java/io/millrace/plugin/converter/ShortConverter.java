package io.millrace.plugin.converter;

import org.apache.kafka.common.serialization.ShortDeserializer;
import org.apache.kafka.common.serialization.ShortSerializer;
import org.apache.kafka.connect.data.Schema;

/** One short, as {@link ShortSerializer} writes it. */
public final class ShortConverter extends SingleValueConverter<Short> {
    public ShortConverter() {
        super(Short.class, Schema.OPTIONAL_INT16_SCHEMA, new ShortSerializer(), new ShortDeserializer());
    }
}
