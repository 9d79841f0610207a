package io.millrace.layers.step;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/** Schemas that allow null. */
final class OptionalSchemas {
    private OptionalSchemas() {}

    /** The same schema, null allowed; a default stays behind, since null would be read as that. */
    static Schema of(Schema schema) {
        if (schema.isOptional()) {
            return schema;
        }
        SchemaBuilder builder =
                switch (schema.type()) {
                    case ARRAY -> SchemaBuilder.array(schema.valueSchema());
                    case MAP -> SchemaBuilder.map(schema.keySchema(), schema.valueSchema());
                    case STRUCT -> {
                        SchemaBuilder struct = SchemaBuilder.struct();
                        schema.fields().forEach(field -> struct.field(field.name(), field.schema()));
                        yield struct;
                    }
                    default -> new SchemaBuilder(schema.type());
                };
        if (schema.name() != null) {
            builder.name(schema.name());
        }
        if (schema.version() != null) {
            builder.version(schema.version());
        }
        if (schema.parameters() != null) {
            builder.parameters(schema.parameters());
        }
        return builder.optional().build();
    }
}
