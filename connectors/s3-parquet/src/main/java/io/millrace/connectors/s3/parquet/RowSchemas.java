package io.millrace.connectors.s3.parquet;

import io.millrace.connectors.common.JsonText;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** The row schemas of a task, each compiled once. */
public final class RowSchemas {
    /** Converters cache their schemas, so few objects are seen; a converter that does not must not fill the heap. */
    private static final int MOST_REMEMBERED = 1000;

    private final Map<Schema, RowSchema> structs = new IdentityHashMap<>();
    private final Map<MessageType, Layout> layouts = new HashMap<>();
    private final RowSchema nothing = whole(List.of());
    private final RowSchema bytes = whole(List.of(new GroupColumn.Column("value", ColumnTypes.BYTES)));
    private @Nullable Schema textOf;
    private @Nullable RowSchema text;

    /** Only the columns of {@link RowFacts}: a tombstone of which no earlier value was seen. */
    public RowSchema ofNothing() {
        return nothing;
    }

    /**
     * @param schema null where the converter knows none
     * @param value what is to be written, never null
     * @throws DataException when Parquet cannot hold values of this schema
     */
    public RowSchema of(@Nullable Schema schema, Object value) {
        if (schema != null && schema.type() == Schema.Type.STRUCT) {
            return ofStruct(schema);
        }
        if (value instanceof byte[] || value instanceof ByteBuffer) {
            return bytes;
        }
        return ofText(schema);
    }

    private RowSchema ofStruct(Schema schema) {
        RowSchema known = structs.get(schema);
        if (known != null) {
            return known;
        }
        for (var field : schema.fields()) {
            if (RowFacts.COLUMNS.contains(field.name().toLowerCase(Locale.ROOT))) {
                throw new DataException("The value has a field '" + field.name()
                        + "', a name that the lake needs for its own column. Rename the field.");
            }
        }
        if (structs.size() >= MOST_REMEMBERED) {
            structs.clear();
        }
        GroupColumn columns = new GroupColumn(ColumnTypes.fields(schema));
        RowSchema compiled = RowSchema.ofStruct(columns, layout(columns));
        structs.put(schema, compiled);
        return compiled;
    }

    private RowSchema ofText(@Nullable Schema schema) {
        RowSchema known = text;
        if (known == null || schema != textOf) {
            ColumnType column = PrimitiveColumn.of(
                    PrimitiveTypeName.BINARY,
                    LogicalTypeAnnotation.stringType(),
                    value -> Binary.fromString(JsonText.of(schema, value)));
            known = whole(List.of(new GroupColumn.Column("value", column)));
            text = known;
            textOf = schema;
        }
        return known;
    }

    private RowSchema whole(List<GroupColumn.Column> fields) {
        GroupColumn columns = new GroupColumn(fields);
        return RowSchema.ofWhole(columns, layout(columns));
    }

    private Layout layout(GroupColumn columns) {
        List<Type> types = new ArrayList<>(columns.parquetFields());
        types.addAll(RowFacts.parquetFields());
        return layouts.computeIfAbsent(new MessageType("record", types), Layout::new);
    }
}
