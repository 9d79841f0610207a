/**
 * What is to run, and who decides it.
 *
 * <p>{@link io.millrace.worker.herder.Herder} has the operations that users know from Kafka Connect. What is to run stands in a
 * {@link io.millrace.worker.herder.ConfigStore}: in memory where a worker is alone. The herder compares it with what this worker is to run
 * of it and tells {@link io.millrace.worker.connector.Connectors}.
 *
 * <p>Invariants: one thread decides; it never runs a plugin's code and never waits for one. What a connector says of its tasks counts only
 * if it was made for the configuration that is in force.
 */
@NullMarked
package io.millrace.worker.herder;

import org.jspecify.annotations.NullMarked;
