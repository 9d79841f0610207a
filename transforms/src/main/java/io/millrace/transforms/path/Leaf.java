package io.millrace.transforms.path;

import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** What a transform makes of the value at a place. */
public interface Leaf {

    /**
     * The new schema.
     *
     * @throws org.apache.kafka.connect.errors.DataException where a value of the old one cannot be taken
     */
    Schema schema(Schema before);

    /**
     * The new value.
     *
     * @param before null too
     * @param schema of the old value; null where the record has none
     * @throws org.apache.kafka.connect.errors.DataException where the value cannot be taken; the place is added by the caller
     */
    @Nullable
    Object value(@Nullable Object before, @Nullable Schema schema);
}
