package io.millrace.layers.step;

import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** The rows of Debezium's change events, in our types. Owned by one thread. */
public final class ChangeRows {
    private final DebeziumTypes types = new DebeziumTypes();

    /**
     * The row after a change; of a delete, the row before it, in which the columns of the key are there. Null where there is none.
     *
     * @throws RuntimeException when this is no change event
     */
    public @Nullable Struct lastOf(@Nullable Object event) {
        if (!(event instanceof Struct envelope)) {
            return null;
        }
        String row = "d".equals(envelope.get("op")) ? "before" : "after";
        Struct found = envelope.getStruct(row);
        return found == null ? null : types.convert(found);
    }
}
