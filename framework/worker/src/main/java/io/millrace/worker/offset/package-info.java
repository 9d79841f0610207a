/**
 * Where a connector is, and what may be committed when. Sources: {@link io.millrace.worker.offset.OffsetCodec} writes the offsets topic
 * in Kafka Connect's own format, {@link io.millrace.worker.offset.OffsetTopicReader} reads it. Sinks:
 * {@link io.millrace.worker.offset.SinkProgress} decides, without any I/O, which offsets and which dead letters make up the next
 * commit.
 *
 * <p>Invariants: a source offset is written only inside the transaction of the records before it; a sink offset is planned only
 * together with every dead letter below it.
 */
@NullMarked
package io.millrace.worker.offset;

import org.jspecify.annotations.NullMarked;
