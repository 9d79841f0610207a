/**
 * {@code millrace worker}: Kafka Connect's standalone files as they are. {@link io.millrace.app.worker.WorkerFile} is the worker's properties,
 * {@link io.millrace.app.worker.ConnectorFile} a connector's, {@link io.millrace.app.worker.OffsetFile} the offsets that a standalone worker of
 * Kafka Connect kept; {@link io.millrace.app.worker.WorkerRun} runs them.
 */
@NullMarked
package io.millrace.app.worker;

import org.jspecify.annotations.NullMarked;
