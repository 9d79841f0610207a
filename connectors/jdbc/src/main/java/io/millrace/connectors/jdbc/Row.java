package io.millrace.connectors.jdbc;

import io.millrace.connectors.jdbc.table.ColumnType;
import io.millrace.connectors.jdbc.table.FieldTypes.FieldType;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * What a record wants of a table; which columns that table really has is not known yet.
 *
 * @param values in the order of the shape's fields, as Connect has them, null for null; of a delete, only the key
 * @param replayOf the origin of a replayed dead letter, by which it is compared with the row of its key
 */
record Row(SinkRecord record, Shape shape, Operation operation, Object[] values, Optional<String> replayOf) {

    /** What to do with it. */
    enum Operation {
        INSERT,
        UPSERT,
        DELETE
    }

    /** A field that wants a column. */
    record Wanted(String name, FieldType type) {
        ColumnType column() {
            return type.type();
        }
    }

    /**
     * The fields of rows of one table and one schema, first those of the key. Compared by identity: the same for all records of a schema.
     *
     * @param typedKey whether the key's types are known; for the tombstone of a JSON key they are those of the columns
     */
    static final class Shape {
        private final String table;
        private final List<Wanted> fields;
        private final int keys;
        private final boolean typedKey;

        Shape(String table, List<Wanted> fields, int keys, boolean typedKey) {
            this.table = table;
            this.fields = List.copyOf(fields);
            this.keys = keys;
            this.typedKey = typedKey;
        }

        String table() {
            return table;
        }

        List<Wanted> fields() {
            return fields;
        }

        /** How many of the fields are the key. */
        int keys() {
            return keys;
        }

        boolean typedKey() {
            return typedKey;
        }

        List<String> keyNames() {
            return fields.subList(0, keys).stream().map(Wanted::name).toList();
        }
    }
}
