package io.millrace.plugin.fusion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a key or value is at some place in a run of transforms.
 *
 * @param schema null where there is none, or none is known
 * @param changed it is no longer the object that came in
 */
record Content(@Nullable Schema schema, Expression whole, Map<String, Expression> columns, boolean changed) {
    Content {
        columns = new LinkedHashMap<>(columns);
    }

    /** As it came in. */
    static Content original(Side side, @Nullable Schema schema) {
        Map<String, Expression> columns = new LinkedHashMap<>();
        fieldsOf(schema).forEach(field -> columns.put(field.name(), Expression.field(side, field)));
        return new Content(schema, input -> side.content(input.record()), columns, false);
    }

    /** A struct of these columns, by the name of the field. */
    static Content struct(@Nullable Schema schema, Map<String, Expression> columns) {
        List<Field> fields = fieldsOf(schema);
        if (schema == null || !isStruct(schema) || columns.size() != fields.size()) {
            throw NotFused.here();
        }
        List<Expression> values = new ArrayList<>();
        for (Field field : fields) {
            Expression value = columns.get(field.name());
            if (value == null) {
                throw NotFused.here();
            }
            values.add(value);
        }
        return new Content(schema, new StructExpression(schema, values), columns, true);
    }

    /** What was one field; where that is a struct, its own fields can be worked on. */
    static Content single(@Nullable Schema schema, Expression value) {
        Map<String, Expression> columns = new LinkedHashMap<>();
        fieldsOf(schema).forEach(field -> columns.put(field.name(), Expression.fieldOf(value, field)));
        return new Content(schema, value, columns, true);
    }

    private static List<Field> fieldsOf(@Nullable Schema schema) {
        return schema != null && isStruct(schema) ? schema.fields() : List.of();
    }

    // Others may change behind our back.
    private static boolean isStruct(Schema schema) {
        return schema.getClass() == ConnectSchema.class && schema.type() == Schema.Type.STRUCT;
    }

    Schema structSchema() {
        if (schema == null || !isStruct(schema)) {
            throw NotFused.here();
        }
        return schema;
    }

    /** A field as a transform reads it. */
    Expression read(Field field, boolean replaceNullWithDefault) {
        Expression value = columns.get(field.name());
        if (value == null) {
            throw NotFused.here();
        }
        return replaceNullWithDefault ? value.orDefaultOf(field.schema()) : value;
    }

    /** The fields as a transform copies them into a new struct, each checked. */
    Map<String, Expression> copies(boolean replaceNullWithDefault) {
        Map<String, Expression> copies = new LinkedHashMap<>();
        for (Field field : structSchema().fields()) {
            copies.put(field.name(), read(field, replaceNullWithDefault).asField(field.schema()));
        }
        return copies;
    }

    Field field(String name) {
        Field field = structSchema().field(name);
        if (field == null) {
            throw NotFused.here();
        }
        return field;
    }
}
