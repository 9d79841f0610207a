package io.millrace.transforms.path;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/** Schemas like others. */
public final class Schemas {
    private Schemas() {}

    /** A struct's or any other's builder with name, version, doc, parameters and optionality of another; without its fields and default. */
    public static SchemaBuilder like(Schema schema) {
        SchemaBuilder builder =
                switch (schema.type()) {
                    case ARRAY -> SchemaBuilder.array(schema.valueSchema());
                    case MAP -> SchemaBuilder.map(schema.keySchema(), schema.valueSchema());
                    default -> SchemaBuilder.type(schema.type());
                };
        return facts(schema, builder);
    }

    /** Gives a builder name, version, doc, parameters and optionality of a schema. */
    static SchemaBuilder facts(Schema schema, SchemaBuilder builder) {
        if (schema.name() != null) {
            builder.name(schema.name());
        }
        if (schema.version() != null) {
            builder.version(schema.version());
        }
        if (schema.doc() != null) {
            builder.doc(schema.doc());
        }
        if (schema.parameters() != null) {
            builder.parameters(schema.parameters());
        }
        if (schema.isOptional()) {
            builder.optional();
        }
        return builder;
    }

    /** The same, but it may be null. */
    public static Schema optional(Schema schema) {
        if (schema.isOptional()) {
            return schema;
        }
        SchemaBuilder builder = like(schema).optional();
        if (schema.type() == Schema.Type.STRUCT) {
            schema.fields().forEach(field -> builder.field(field.name(), field.schema()));
        }
        return builder.build();
    }

    /** A type of one's own: as optional as another. */
    public static SchemaBuilder asOptionalAs(Schema schema, SchemaBuilder builder) {
        if (schema.isOptional()) {
            builder.optional();
        }
        return builder;
    }
}
