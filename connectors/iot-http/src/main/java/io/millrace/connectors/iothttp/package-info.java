/**
 * The {@code iot-http} source: what devices post over HTTP, as events, each answered only when it is durable.
 *
 * <p>{@link io.millrace.connectors.iothttp.IotHttpSourceConnector} is an ordinary Kafka Connect plugin;
 * {@link io.millrace.connectors.iothttp.IotHttpShorthand} is what a pipeline's {@code type: iot-http} becomes it by. The way of a request:
 * {@code HttpFront} (the server) hands it to {@code IntakeHandler}, which checks it ({@code Gate}), reads its body inside the limits
 * ({@code BodyReader}, {@code Budget}), cuts it into records ({@code BodySplitter}) and puts them as one {@code Submission} into the
 * {@code Inbox}. {@code poll} of {@link io.millrace.connectors.iothttp.IotHttpSourceTask} takes whole submissions from there; its
 * {@code commitRecord} tells the submission, and the last record of it has the {@code Exchange} answered.
 *
 * <p>Invariants: 2xx is answered only after {@code commitRecord} was called for every record of the request; a request is taken whole or not
 * at all; each request is answered once, at the latest when a limit of time is over; no thread waits for a request, and the task thread
 * writes to no socket while it runs; what requests hold in memory is bounded by the {@code Budget}.
 *
 * <p>{@code Settings} declares every setting once: for the pipeline, for Connect, and for the table in README.md.
 */
@NullMarked
package io.millrace.connectors.iothttp;

import org.jspecify.annotations.NullMarked;
