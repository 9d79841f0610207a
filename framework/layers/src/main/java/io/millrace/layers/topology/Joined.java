package io.millrace.layers.topology;

import io.millrace.layers.record.Row;
import org.jspecify.annotations.Nullable;

/**
 * A row and the row of the other table, before they become one.
 *
 * @param right null where the other table has none
 */
record Joined(Row left, @Nullable Row right) {}
