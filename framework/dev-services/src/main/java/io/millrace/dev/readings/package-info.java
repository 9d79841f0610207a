/**
 * Devices that tell what they measure: the shape of the iot-telemetry sample, with bad readings on purpose.
 * {@link io.millrace.dev.readings.ReadingScript} makes the readings, {@link io.millrace.dev.readings.ReadingPoster} posts them until they
 * are acknowledged, {@link io.millrace.dev.readings.ReadingGenerator} does so at a rate.
 *
 * <p>Invariants: the same seed and start make the same readings; each block of 100 holds the same number of each kind of bad ones; nothing
 * is posted before what came earlier is acknowledged, so what is posted twice is posted twice in a row.
 */
@NullMarked
package io.millrace.dev.readings;

import org.jspecify.annotations.NullMarked;
