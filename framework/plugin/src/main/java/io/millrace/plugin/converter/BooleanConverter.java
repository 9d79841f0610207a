package io.millrace.plugin.converter;

import org.apache.kafka.common.serialization.BooleanDeserializer;
import org.apache.kafka.common.serialization.BooleanSerializer;
import org.apache.kafka.connect.data.Schema;

/** One boolean, as {@link BooleanSerializer} writes it. */
public final class BooleanConverter extends SingleValueConverter<Boolean> {
    public BooleanConverter() {
        super(Boolean.class, Schema.OPTIONAL_BOOLEAN_SCHEMA, new BooleanSerializer(), new BooleanDeserializer());
    }
}
