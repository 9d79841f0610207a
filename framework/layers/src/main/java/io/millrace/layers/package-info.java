/**
 * Runs the layers of a pipeline: {@link io.millrace.layers.Layers} starts a plan's streams as Kafka Streams, exactly once, and tells how
 * they fare ({@link io.millrace.layers.StreamStatus}). Steps are in {@code step}, the formats of texts in {@code parse}, the wiring in
 * {@code topology}, bytes in {@code record}.
 */
@NullMarked
package io.millrace.layers;

import org.jspecify.annotations.NullMarked;
