/**
 * What flows inside a topology, and how it stands in bytes: a {@link io.millrace.layers.record.Row} and its origin, the canonical JSON
 * of keys ({@link io.millrace.layers.record.Keys}), Connect JSON with schemas ({@link io.millrace.layers.record.RowCodec}), and what an
 * aggregate adds up ({@link io.millrace.layers.record.Totals}).
 *
 * <p>Invariants: equal keys are equal bytes; equal rows under equal schemas are equal bytes; a row is decoded at most once and encoded
 * at most once on its way through a topology.
 */
@NullMarked
package io.millrace.layers.record;

import org.jspecify.annotations.NullMarked;
