package io.millrace.broker.transaction;

import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.TransactionResult;

/**
 * The control record that ends a transaction on one partition.
 *
 * @param transactionVersion 2 if the producer's epoch was raised for this end, which the log then insists on
 */
public record EndMarker(
        long producerId,
        short producerEpoch,
        int coordinatorEpoch,
        TransactionResult result,
        short transactionVersion) {

    MemoryRecords records(long timestamp) {
        ControlRecordType type =
                result == TransactionResult.COMMIT ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        return MemoryRecords.withEndTransactionMarker(
                timestamp, producerId, producerEpoch, new EndTransactionMarker(type, coordinatorEpoch));
    }
}
