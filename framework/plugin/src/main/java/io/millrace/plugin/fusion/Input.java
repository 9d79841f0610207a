package io.millrace.plugin.fusion;

import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * The record that a plan is at, and those halves of it that the plan has found to be structs of the right schema.
 *
 * @param key null where the plan does not look into it
 * @param value likewise
 */
record Input(
        ConnectRecord<?> record,
        @Nullable Struct key,
        @Nullable Struct value) {
    Struct keyStruct() {
        if (key == null) {
            throw NotFused.here();
        }
        return key;
    }

    Struct valueStruct() {
        if (value == null) {
            throw NotFused.here();
        }
        return value;
    }
}
