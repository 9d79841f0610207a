package io.millrace.transforms.record;

import io.millrace.transforms.path.Typed;
import java.util.Map;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * A transform of a key or of a value that is a struct, or a map without schema. A null passes as it is: a tombstone stays one.
 *
 * @param <R> the kind of record
 */
public abstract class PartTransform<R extends ConnectRecord<R>> implements Transformation<R> {
    private final Part part;

    protected PartTransform(Part part) {
        this.part = part;
    }

    protected final Part part() {
        return part;
    }

    @Override
    public final R apply(R record) {
        Typed before = part.of(record);
        Object value = before.value();
        if (value == null) {
            return record;
        }
        if (value instanceof Struct struct) {
            Schema schema = before.schema();
            return part.with(record, struct(schema == null ? struct.schema() : schema, struct, record));
        }
        if (value instanceof Map<?, ?> map) {
            return part.with(record, new Typed(null, map(map, record)));
        }
        throw new DataException(getClass().getName() + " takes a struct, or a map without schema; the " + part.text()
                + " of this record is a " + value.getClass().getSimpleName());
    }

    /** Transforms what has a schema. */
    protected abstract Typed struct(Schema schema, Struct value, R record);

    /** Transforms what has none. */
    protected abstract Map<?, ?> map(Map<?, ?> value, R record);

    @Override
    public void close() {
        // nothing is open
    }
}
