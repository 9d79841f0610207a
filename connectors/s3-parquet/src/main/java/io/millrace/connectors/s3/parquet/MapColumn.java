package io.millrace.connectors.s3.parquet;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.DataException;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/**
 * A map as the Parquet format's LogicalTypes document has it.
 *
 * @param key its keys' type
 * @param value its values' type
 */
record MapColumn(ColumnType key, ColumnType value) implements ColumnType {

    @Override
    public Type parquet(String name, Type.Repetition repetition) {
        GroupType entry = new GroupType(
                Type.Repetition.REPEATED,
                "key_value",
                key.parquet("key", Type.Repetition.REQUIRED),
                value.parquet("value", Type.Repetition.OPTIONAL));
        return Types.buildGroup(repetition)
                .as(LogicalTypeAnnotation.mapType())
                .addField(entry)
                .named(name);
    }

    @Override
    public Object prepare(Object map) {
        Map<Object, @Nullable Object> prepared = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) map).entrySet()) {
            Object entryKey = entry.getKey();
            if (entryKey == null) {
                throw new DataException("A map has a null key, which Parquet cannot hold.");
            }
            Object entryValue = entry.getValue();
            prepared.put(key.prepare(entryKey), entryValue == null ? null : value.prepare(entryValue));
        }
        return prepared;
    }

    @Override
    public void write(RecordConsumer out, Object map) {
        Map<?, ?> entries = (Map<?, ?>) map;
        out.startGroup();
        if (!entries.isEmpty()) {
            out.startField("key_value", 0);
            for (Map.Entry<?, ?> entry : entries.entrySet()) {
                out.startGroup();
                out.startField("key", 0);
                key.write(out, entry.getKey());
                out.endField("key", 0);
                if (entry.getValue() != null) {
                    out.startField("value", 1);
                    value.write(out, entry.getValue());
                    out.endField("value", 1);
                }
                out.endGroup();
            }
            out.endField("key_value", 0);
        }
        out.endGroup();
    }
}
