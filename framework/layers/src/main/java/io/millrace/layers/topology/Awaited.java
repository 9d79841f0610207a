package io.millrace.layers.topology;

import io.millrace.layers.record.Row;
import org.jspecify.annotations.Nullable;

/** What comes to a lookup that waits: an event with what the table has for it, or a change of the table. */
sealed interface Awaited {

    /**
     * An event.
     *
     * @param right null where the table has no row for it
     */
    record Event(Carried carried, @Nullable Row right) implements Awaited {}

    /**
     * A change of the table.
     *
     * @param row null where it is gone
     */
    record Change(@Nullable Row row) implements Awaited {}
}
