/**
 * A pipeline's streams as one Kafka Streams topology. {@link io.millrace.layers.topology.LayerTopology} draws it;
 * {@link io.millrace.layers.topology.SegmentProcessor} runs the steps between two joins or aggregates and decides what leaves: a change of
 * the stream, or a dead letter. Both are written by the same topology, hence in the transaction that commits the input.
 *
 * <p>An aggregate over a table takes back what a row added before ({@link io.millrace.layers.topology.ContributionProcessor}, and
 * {@link io.millrace.layers.topology.RetractingProcessor} where values must be known again). Events go to their group's partition and into
 * its windows ({@link io.millrace.layers.topology.WindowProcessor}), each group by its own event time; what is too late goes to the stream's late
 * topic.
 *
 * <p>A stream is drawn by {@link io.millrace.layers.topology.StreamTopology}: what it reads ({@link io.millrace.layers.topology.StreamInput}), then
 * segments ({@link io.millrace.layers.topology.Segments}) with joins and aggregates between them.
 *
 * <p>{@link io.millrace.layers.topology.DeadLetters} decides what becomes of a record that cannot pass: it is kept, counted, or stops the layers.
 * {@link io.millrace.layers.topology.Replays} lets dead letters enter their streams again; {@link io.millrace.layers.topology.Reentry} knows what
 * enters where a row died between two steps. {@link io.millrace.layers.topology.StreamBreaker} stops the topology when too many of a stream's records
 * cannot pass.
 *
 * <p>Events meet state in {@link io.millrace.layers.topology.EventTopology}: duplicates, rows of tables, and the keys they get.
 *
 * <p>Invariants: a record's key never changes inside a segment, so nothing is repartitioned but by an aggregate, a lookup, a dedupe, a new
 * key that a table needs, or change events whose keys are not those of their rows; a stream of events with a key is not partitioned by it
 * in memory unless {@link io.millrace.layers.topology.LayerTopology#isPartitioned} says so (its topic is); a table's
 * segment emits only what differs from its state; every record that enters a stream is counted exactly once as out, dropped (late too)
 * or dead letter, or is held and counted as such; every processor, store and internal topic is named {@code <stream>.<step>}.
 */
@NullMarked
package io.millrace.layers.topology;

import org.jspecify.annotations.NullMarked;
