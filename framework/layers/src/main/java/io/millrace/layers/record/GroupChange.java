package io.millrace.layers.record;

import org.jspecify.annotations.Nullable;

/**
 * What a change of a table's row changes in one group.
 *
 * @param minus what the row added before; null where it was not in the group
 * @param plus what it adds now; null where it no longer is
 */
public record GroupChange(
        @Nullable Contribution minus, @Nullable Contribution plus) {}
