package io.millrace.broker.transaction;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets transactional ids that nobody has used for long: a tombstone in the log, then gone from memory. */
final class ExpiredIds {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiredIds.class);
    private static final int BATCH_BYTES = 16 * 1024;

    private final TransactionParts parts;
    private final TransactionSettings settings;
    private final StateStore store;

    ExpiredIds(TransactionParts parts, TransactionSettings settings, StateStore store) {
        this.parts = parts;
        this.settings = settings;
        this.store = store;
    }

    void forget() {
        for (StatePartition home : store.partitions()) {
            if (!home.loading()) {
                forget(home);
            }
        }
    }

    private void forget(StatePartition home) {
        List<Held> batch = new ArrayList<>();
        int bytes = 0;
        for (TransactionMetadata state : home.states().values()) {
            Held held = new Held(home, state);
            if (held.inLock(() -> expire(state))) {
                batch.add(held);
                bytes += TransactionLog.keyToBytes(state.transactionalId()).length;
            }
            if (bytes >= BATCH_BYTES) {
                write(home, batch);
                batch.clear();
                bytes = 0;
            }
        }
        write(home, batch);
    }

    private boolean expire(TransactionMetadata state) {
        boolean expired = !state.pendingTransitionInProgress()
                && state.state().isExpirationAllowed()
                && state.txnLastUpdateTimestamp()
                        <= parts.time().milliseconds() - settings.expireIds().toMillis();
        if (expired) {
            // Pending from here on, and never completed: who still holds the state is told to come again, and finds
            // none.
            var unused = state.prepareDead();
        }
        return expired;
    }

    private void write(StatePartition home, List<Held> batch) {
        if (batch.isEmpty()) {
            return;
        }
        long now = parts.time().milliseconds();
        SimpleRecord[] tombstones = batch.stream()
                .map(held -> new SimpleRecord(
                        now, TransactionLog.keyToBytes(held.state().transactionalId()), null))
                .toArray(SimpleRecord[]::new);
        Errors error = home.whileOpen(
                () -> store.append(home, MemoryRecords.withRecords(TransactionLog.ENFORCED_COMPRESSION, tombstones)));
        if (error == Errors.NONE) {
            batch.forEach(held -> home.states().remove(held.state().transactionalId(), held.state()));
        } else {
            batch.forEach(store::drop);
        }
        LOG.atInfo()
                .addKeyValue("partition", home.topicPartition())
                .addKeyValue("transactionalIds", batch.size())
                .addKeyValue("error", error)
                .log(error == Errors.NONE ? "transactional ids expired" : "expired transactional ids not removed yet");
    }
}
