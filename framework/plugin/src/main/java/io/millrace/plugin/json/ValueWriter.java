package io.millrace.plugin.json;

import org.jspecify.annotations.Nullable;

/** Writes values of one schema. Without state, so that threads may share it. */
@FunctionalInterface
interface ValueWriter {
    /** @throws RuntimeException where the value is for Apache's class; what {@code out} then holds is of no use */
    void write(JsonBytes out, @Nullable Object value);
}
