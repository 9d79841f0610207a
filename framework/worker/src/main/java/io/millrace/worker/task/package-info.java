/**
 * The tasks: one thread owns one task, from the making of its instance to its stop.
 *
 * <p>{@link io.millrace.worker.task.TaskThread} runs a {@link io.millrace.worker.task.TaskLoop} again and again until it is asked to
 * stop, with a pause after each failure. {@link io.millrace.worker.task.SourceLoop} polls a source and hands its records to a
 * {@link io.millrace.worker.task.SourceTransaction}, which holds records, source offsets and dead letters together, and lets
 * its dead letters enter again in {@link io.millrace.worker.task.ReplayRounds};
 * {@link io.millrace.worker.task.SinkLoop} feeds a sink from its consumer and commits through
 * {@link io.millrace.worker.task.SinkCommitter}. Its {@link io.millrace.worker.task.SinkRounds} go over one
 * {@link io.millrace.worker.task.SinkLife}: the batch that the task has not taken yet ({@link io.millrace.worker.task.SinkBatch}), when
 * reading goes on ({@link io.millrace.worker.task.SinkReading}), partitions that come, go and are moved
 * ({@link io.millrace.worker.task.SinkPartitions}), and what is committed ({@link io.millrace.worker.task.SinkCommits}).
 *
 * <p>Invariants: the whole thread runs under the connector's class loader; a source's offset and its records become visible in one
 * transaction or not at all; a sink's offset is never past a record that is in neither the sink nor the dead letters; a task that
 * failed commits nothing more; what may be called from other threads is said at each method.
 */
@NullMarked
package io.millrace.worker.task;

import org.jspecify.annotations.NullMarked;
