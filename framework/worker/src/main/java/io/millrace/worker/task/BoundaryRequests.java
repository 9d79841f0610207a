package io.millrace.worker.task;

import io.millrace.worker.task.Boundary.Decision;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.TransactionContext;

/** The boundaries a connector asked for. Its methods may be called from any thread. */
final class BoundaryRequests implements TransactionContext {
    private final Set<SourceRecord> commits = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<SourceRecord> aborts = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean commitBatch;
    private boolean abortBatch;

    @Override
    public synchronized void commitTransaction() {
        commitBatch = true;
    }

    @Override
    public synchronized void commitTransaction(SourceRecord record) {
        commits.add(checked(record));
        if (aborts.contains(record)) {
            throw new IllegalStateException("The record was asked to end its transaction both ways.");
        }
    }

    @Override
    public synchronized void abortTransaction() {
        abortBatch = true;
    }

    @Override
    public synchronized void abortTransaction(SourceRecord record) {
        aborts.add(checked(record));
        if (commits.contains(record)) {
            throw new IllegalStateException("The record was asked to end its transaction both ways.");
        }
    }

    private static SourceRecord checked(SourceRecord record) {
        if (record == null) {
            throw new NullPointerException("The record of a transaction boundary is null.");
        }
        return record;
    }

    synchronized Decision takeOf(SourceRecord record) {
        if (aborts.remove(record)) {
            return Decision.ABORT;
        }
        return commits.remove(record) ? Decision.COMMIT : Decision.KEEP;
    }

    synchronized Decision takeOfBatch() {
        Decision decision = abortBatch ? Decision.ABORT : commitBatch ? Decision.COMMIT : Decision.KEEP;
        abortBatch = false;
        commitBatch = false;
        return decision;
    }
}
