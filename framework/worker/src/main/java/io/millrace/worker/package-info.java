/**
 * The runtime of Kafka Connect plugins. Read {@link io.millrace.worker.Worker} first: it starts the parts. {@code herder} decides what
 * runs, {@code connector} brings what runs to what was decided, {@code task} is the loop of one task. {@code fault} says what happens when a record or a task fails, {@code offset} what may be committed and when, {@code client} how the broker is met.
 *
 * <p>Invariants: sources are exactly-once by Kafka transactions (KIP-618), also with one worker; sinks read committed records only; a
 * record is in its target, in a dead letter topic, or counted under the rule that dropped it; failed tasks start again by themselves; every
 * close ends in bounded time.
 */
@NullMarked
package io.millrace.worker;

import org.jspecify.annotations.NullMarked;
