package io.millrace.broker.transaction;

import io.millrace.broker.storage.Logs;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a partition of {@code __transaction_state}: the last record of each transactional id. */
final class StateLog {
    private static final Logger LOG = LoggerFactory.getLogger(StateLog.class);

    private final Logs logs;
    private final int bufferBytes;

    StateLog(Logs logs, int bufferBytes) {
        this.logs = logs;
        this.bufferBytes = bufferBytes;
    }

    /**
     * All states of the partition. A record of a format that is not known is left out with a warning; a record that cannot be read is an
     * error, for a state that is missed is a transaction that never ends.
     */
    Map<String, TransactionMetadata> read(TopicPartition partition, BooleanSupplier wanted) throws IOException {
        UnifiedLog log = logs.log(partition);
        Map<String, TransactionMetadata> states = new HashMap<>();
        long offset = log.logStartOffset();
        while (offset < log.logEndOffset() && wanted.getAsBoolean()) {
            Records records = log.read(offset, bufferBytes, FetchIsolation.LOG_END, true).records;
            if (records.sizeInBytes() == 0) {
                // compaction has left nothing up to the end
                break;
            }
            long next = read(partition, records, states, offset);
            if (next == offset) {
                throw new CorruptRecordException("No batch can be read at offset " + offset + " of " + partition
                        + ", which ends at " + log.logEndOffset());
            }
            offset = next;
        }
        return states;
    }

    private static long read(
            TopicPartition partition, Records records, Map<String, TransactionMetadata> states, long from) {
        long next = from;
        for (RecordBatch batch : records.batches()) {
            batch.ensureValid();
            if (!batch.isControlBatch()) {
                for (Record record : batch) {
                    apply(partition, record, states);
                }
            }
            next = batch.nextOffset();
        }
        return next;
    }

    private static void apply(TopicPartition partition, Record record, Map<String, TransactionMetadata> states) {
        if (!record.hasKey()) {
            skipped(partition, record, "it has no key");
            return;
        }
        TransactionLog.ReadResult read = TransactionLog.read(record.key(), record.value());
        if (read instanceof TransactionLog.TxnRecord state) {
            states.put(state.transactionId(), state.metadata());
        } else if (read instanceof TransactionLog.TxnTombstone tombstone) {
            states.remove(tombstone.transactionId());
        } else if (read instanceof TransactionLog.UnknownKeyVersion unknown) {
            skipped(partition, record, "its key has version " + unknown.version());
        } else if (read instanceof TransactionLog.UnknownValueVersion unknown) {
            skipped(partition, record, "its value has version " + unknown.version());
        }
    }

    private static void skipped(TopicPartition partition, Record record, String why) {
        LOG.atWarn()
                .addKeyValue("partition", partition)
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", why)
                .log("a record of the transaction log is not known and was left out");
    }
}
