package io.millrace.connectors.s3.parquet;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/**
 * A list in three levels, as the Parquet format's LogicalTypes document has it, so that null, empty and a null element differ.
 *
 * @param element its elements' type
 */
record ListColumn(ColumnType element) implements ColumnType {

    @Override
    public Type parquet(String name, Type.Repetition repetition) {
        GroupType list =
                new GroupType(Type.Repetition.REPEATED, "list", element.parquet("element", Type.Repetition.OPTIONAL));
        return Types.buildGroup(repetition)
                .as(LogicalTypeAnnotation.listType())
                .addField(list)
                .named(name);
    }

    @Override
    public Object prepare(Object value) {
        List<@Nullable Object> prepared = new ArrayList<>();
        for (Object item : (Iterable<?>) value) {
            prepared.add(item == null ? null : element.prepare(item));
        }
        return prepared;
    }

    @Override
    public void write(RecordConsumer out, Object value) {
        List<?> items = (List<?>) value;
        out.startGroup();
        if (!items.isEmpty()) {
            out.startField("list", 0);
            for (Object item : items) {
                out.startGroup();
                if (item != null) {
                    out.startField("element", 0);
                    element.write(out, item);
                    out.endField("element", 0);
                }
                out.endGroup();
            }
            out.endField("list", 0);
        }
        out.endGroup();
    }
}
