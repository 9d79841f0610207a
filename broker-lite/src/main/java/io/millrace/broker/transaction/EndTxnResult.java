package io.millrace.broker.transaction;

import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;

/** What EndTxn answers; id and epoch are those of the producer's next transaction, or -1 before transaction version 2. */
public record EndTxnResult(Errors error, long producerId, short producerEpoch) {
    static EndTxnResult refused(Errors error) {
        return new EndTxnResult(error, RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH);
    }
}
