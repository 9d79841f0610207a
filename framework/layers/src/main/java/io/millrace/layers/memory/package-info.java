/**
 * The layers of a pipeline in memory, without a broker, for its tests. {@link io.millrace.layers.memory.InMemoryLayers} runs the same
 * topology that {@link io.millrace.layers.Layers} runs, under Kafka Streams' own test driver, with a clock that moves when it is told to.
 * {@link io.millrace.layers.memory.EnteredPlan} lets records enter a stream at its topic.
 *
 * <p>Differences from a real run: every topic has one partition, and nothing is committed or aborted.
 */
@NullMarked
package io.millrace.layers.memory;

import org.jspecify.annotations.NullMarked;
