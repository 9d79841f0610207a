package io.millrace.broker.transaction;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/** What a consumer with {@code isolation.level=read_committed} gets to see of a log. */
final class ReadCommitted {
    private ReadCommitted() {}

    static List<String> values(UnifiedLog log) {
        Queue<AbortedTxn> aborted = new PriorityQueue<>(Comparator.comparingLong(AbortedTxn::firstOffset));
        aborted.addAll(log.collectAbortedTransactions(log.logStartOffset(), log.lastStableOffset()));
        Set<Long> aborting = new HashSet<>();
        List<String> values = new ArrayList<>();
        for (RecordBatch batch : batches(log, FetchIsolation.TXN_COMMITTED)) {
            while (!aborted.isEmpty() && aborted.peek().firstOffset() <= batch.lastOffset()) {
                aborting.add(aborted.poll().producerId());
            }
            if (batch.isControlBatch()) {
                if (marker(batch) == ControlRecordType.ABORT) {
                    aborting.remove(batch.producerId());
                }
            } else if (!batch.isTransactional() || !aborting.contains(batch.producerId())) {
                batch.forEach(record -> values.add(value(record)));
            }
        }
        return values;
    }

    static List<RecordBatch> batches(UnifiedLog log, FetchIsolation isolation) {
        List<RecordBatch> batches = new ArrayList<>();
        long offset = log.logStartOffset();
        long end = isolation == FetchIsolation.TXN_COMMITTED ? log.lastStableOffset() : log.logEndOffset();
        try {
            while (offset < end) {
                Records records = log.read(offset, 1 << 20, isolation, true).records;
                for (RecordBatch batch : records.batches()) {
                    batches.add(batch);
                    offset = batch.nextOffset();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return batches;
    }

    static List<ControlRecordType> markers(UnifiedLog log) {
        return batches(log, FetchIsolation.LOG_END).stream()
                .filter(RecordBatch::isControlBatch)
                .map(ReadCommitted::marker)
                .toList();
    }

    private static ControlRecordType marker(RecordBatch batch) {
        return ControlRecordType.parse(batch.iterator().next().key());
    }

    private static String value(Record record) {
        return new String(Utils.toArray(record.value()), StandardCharsets.UTF_8);
    }
}
