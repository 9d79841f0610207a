package io.millrace.connectors.s3.parquet;

import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * A struct as a group.
 *
 * @param fields in the struct's order
 */
record GroupColumn(List<Column> fields) implements ColumnType {

    /** A named field. */
    record Column(String name, ColumnType type) {
        Type parquet() {
            return type.parquet(name, Type.Repetition.OPTIONAL);
        }
    }

    GroupColumn {
        fields = List.copyOf(fields);
    }

    @Override
    public Type parquet(String name, Type.Repetition repetition) {
        return new GroupType(repetition, name, parquetFields());
    }

    List<Type> parquetFields() {
        return fields.stream().map(Column::parquet).toList();
    }

    @Override
    public Object prepare(Object value) {
        return prepareFields((Struct) value, new @Nullable Object[fields.size()]);
    }

    /** The values of the struct's fields, in order, at the start of an array. */
    @Nullable
    Object[] prepareFields(Struct struct, @Nullable Object[] prepared) {
        for (int i = 0; i < fields.size(); i++) {
            Column field = fields.get(i);
            // a null is a null, also where the schema has a default
            Object value = struct.getWithoutDefault(field.name());
            if (value != null) {
                try {
                    prepared[i] = field.type().prepare(value);
                } catch (ClassCastException | ArithmeticException | DataException e) {
                    throw new DataException("Field '" + field.name() + "': " + e.getMessage(), e);
                }
            }
        }
        return prepared;
    }

    @Override
    public void write(RecordConsumer out, Object value) {
        out.startGroup();
        writeFields(out, (@Nullable Object[]) value);
        out.endGroup();
    }

    void writeFields(RecordConsumer out, @Nullable Object[] prepared) {
        for (int i = 0; i < fields.size(); i++) {
            Object value = prepared[i];
            if (value != null) {
                out.startField(fields.get(i).name(), i);
                fields.get(i).type().write(out, value);
                out.endField(fields.get(i).name(), i);
            }
        }
    }
}
