/**
 * Steps of a stream, running: one class each, from a {@link io.millrace.layers.step.StepRecord} to an
 * {@link io.millrace.layers.step.Outcome}. They know nothing of Kafka Streams; {@link io.millrace.layers.step.RecordSteps} chooses the
 * class for a declaration.
 *
 * <p>Invariants: a step instance belongs to one thread; a record is never changed in place; every step but {@code unwrap} passes a null
 * value on; what a step works out for a schema it remembers by the schema's identity; an exploded record passes whole or fails whole.
 */
@NullMarked
package io.millrace.layers.step;

import org.jspecify.annotations.NullMarked;
