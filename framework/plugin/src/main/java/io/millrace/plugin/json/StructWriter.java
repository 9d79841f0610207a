package io.millrace.plugin.json;

import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Structs of one schema, with the names of the fields already as bytes. */
final class StructWriter implements ValueWriter {
    private final Schema schema;
    private final Column[] columns;

    /**
     * @param name with what stands before and behind it
     * @param defaulted the field has a default value, which is not what a null in a struct means
     */
    private record Column(Field field, byte[] name, ValueWriter writer, boolean defaulted) {}

    StructWriter(Schema schema, List<ValueWriter> writers) {
        this.schema = schema;
        this.columns = new Column[writers.size()];
        for (int i = 0; i < columns.length; i++) {
            Field field = schema.fields().get(i);
            columns[i] = new Column(
                    field, name(i, field.name()), writers.get(i), field.schema().defaultValue() != null);
        }
    }

    private static byte[] name(int index, String name) {
        JsonBytes bytes = new JsonBytes();
        bytes.one(index == 0 ? '{' : ',');
        bytes.string(name);
        bytes.one(':');
        return bytes.toByteArray();
    }

    @Override
    public void write(JsonBytes out, @Nullable Object value) {
        if (!(value instanceof Struct struct) || !struct.schema().equals(schema)) {
            throw NotCovered.here();
        }
        out.enter();
        for (Column column : columns) {
            out.raw(column.name);
            column.writer.write(
                    out, column.defaulted ? struct.getWithoutDefault(column.field.name()) : struct.get(column.field));
        }
        if (columns.length == 0) {
            out.one('{');
        }
        out.one('}');
        out.leave();
    }
}
