package io.millrace.plugin.json;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.json.DecimalFormat;
import org.jspecify.annotations.Nullable;

/** Makes the writer of a schema. */
record WriterCompiler(DecimalFormat decimals, boolean replaceNullWithDefault) {
    /** @return null where values of the schema are for Apache's class */
    @Nullable
    ValueWriter compileIfCovered(Schema schema) {
        try {
            return compile(schema);
        } catch (NotCovered e) {
            return null;
        }
    }

    private ValueWriter compile(@Nullable Schema schema) {
        if (schema == null) {
            return Schemaless::write;
        }
        // Only these cannot change behind our back.
        if (schema.getClass() != ConnectSchema.class) {
            throw NotCovered.here();
        }
        ValueWriter present = present(schema);
        // Not kept but asked for each time: a default may be a list that someone changes.
        boolean replaced = schema.defaultValue() != null && replaceNullWithDefault;
        boolean optional = schema.isOptional();
        return (out, value) -> {
            if (value != null) {
                present.write(out, value);
            } else if (replaced) {
                present.write(out, schema.defaultValue());
            } else if (optional) {
                out.raw("null");
            } else {
                throw NotCovered.here();
            }
        };
    }

    private ValueWriter present(Schema schema) {
        ValueWriter logical = logical(schema);
        if (logical != null) {
            return logical;
        }
        ValueWriter scalar = Scalars.of(schema.type());
        if (scalar != null) {
            return scalar;
        }
        return switch (schema.type()) {
            case ARRAY -> array(schema);
            case MAP -> map(schema);
            case STRUCT -> struct(schema);
            default -> throw NotCovered.here();
        };
    }

    /** The name alone decides, whatever the type. */
    private @Nullable ValueWriter logical(Schema schema) {
        if (schema.name() == null) {
            return null;
        }
        return switch (schema.name()) {
            case Decimal.LOGICAL_NAME ->
                switch (decimals) {
                    case NUMERIC -> Scalars.decimalAsNumber();
                    case BASE64 -> Scalars.decimalAsBytes(schema);
                };
            case Date.LOGICAL_NAME -> Scalars::date;
            case Time.LOGICAL_NAME -> Scalars::time;
            case Timestamp.LOGICAL_NAME -> Scalars::timestamp;
            default -> null;
        };
    }

    private ValueWriter array(Schema schema) {
        ValueWriter elements = compile(schema.valueSchema());
        return (out, value) -> {
            if (!(value instanceof Collection<?> collection)) {
                throw NotCovered.here();
            }
            Containers.writeArray(out, collection, elements);
        };
    }

    private ValueWriter map(Schema schema) {
        Schema keySchema = schema.keySchema();
        if (keySchema == null) {
            throw NotCovered.here();
        }
        ValueWriter values = compile(schema.valueSchema());
        if (keySchema.type() != Schema.Type.STRING) {
            ValueWriter keys = compile(keySchema);
            return (out, value) -> Containers.writePairs(out, asMap(value), keys, values);
        }
        if (logical(keySchema) != null) {
            throw NotCovered.here();
        }
        return (out, value) -> Containers.writeObject(out, asMap(value), values);
    }

    private static Map<?, ?> asMap(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw NotCovered.here();
        }
        return map;
    }

    private ValueWriter struct(Schema schema) {
        List<ValueWriter> writers = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Field field : schema.fields()) {
            if (!names.add(field.name()) || field.index() != writers.size()) {
                throw NotCovered.here();
            }
            writers.add(compile(field.schema()));
        }
        return new StructWriter(schema, writers);
    }
}
