package io.millrace.broker.transaction;

import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;

/** What InitProducerId answers. */
public record InitProducerIdResult(Errors error, long producerId, short producerEpoch) {
    static InitProducerIdResult refused(Errors error) {
        return new InitProducerIdResult(error, RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH);
    }
}
