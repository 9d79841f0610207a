package io.millrace.layers.topology;

import io.millrace.layers.record.Totals;

/**
 * What a window has, before it becomes a row.
 *
 * @param start microseconds since the epoch
 * @param end likewise
 */
record WindowTotals(Totals totals, long start, long end) {}
