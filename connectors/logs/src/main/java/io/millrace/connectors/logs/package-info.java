/**
 * The {@code logs} source: the lines of log files, as they are, each exactly once.
 *
 * <p>{@link io.millrace.connectors.logs.LogsSourceConnector} is an ordinary Kafka Connect plugin;
 * {@link io.millrace.connectors.logs.LogsShorthand} is what a pipeline's {@code type: logs} becomes it by. A {@code LogsSourceTask} turns
 * what the {@code Tailer} of {@link io.millrace.connectors.logs.tail} reads into source records.
 *
 * <p>Invariants: a record's value is the line's bytes without its end; the last record of a log in a poll carries the log's state after the
 * poll, every other one the state before it, so that no commit ever claims a line that is not committed with it.
 *
 * <p>{@code Settings} declares every setting once: for the pipeline, for Connect, and for the table in README.md.
 */
@NullMarked
package io.millrace.connectors.logs;

import org.jspecify.annotations.NullMarked;
