package io.millrace.layers.record;

import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.RowType;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Makes keys of rows. Immutable and thread-safe. */
public final class RowKeys {
    private final List<String> fields;
    private final Keys keys;

    private RowKeys(List<String> fields, Keys keys) {
        this.fields = fields;
        this.keys = keys;
    }

    public static RowKeys of(List<String> fields, RowType types) {
        return new RowKeys(List.copyOf(fields), Keys.of(fields, types));
    }

    /**
     * Of fields that have another name in the row than in the key.
     *
     * @param rowFields one per field of the keys
     */
    public static RowKeys of(List<String> rowFields, Keys keys) {
        return new RowKeys(List.copyOf(rowFields), keys);
    }

    public Keys keys() {
        return keys;
    }

    /**
     * The row's canonical key; a field that it has not is null in it.
     *
     * @throws io.millrace.expression.type.EvaluationException code {@code layers.key} for a value that has no place in a key
     */
    public Bytes of(Struct row) {
        List<@Nullable Object> values = new ArrayList<>(fields.size());
        for (String name : fields) {
            Field field = row.schema().field(name);
            values.add(field == null ? null : ConnectTypes.read(row.getWithoutDefault(name), field.schema()));
        }
        return keys.write(values);
    }
}
