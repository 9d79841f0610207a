package io.millrace.broker.transaction;

import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Aborts transactions that are open for longer than their producer said they would be. */
final class Timeouts {
    private static final Logger LOG = LoggerFactory.getLogger(Timeouts.class);

    private final TransactionParts parts;
    private final StateStore store;
    private final EndRules rules;
    private final EndTransaction ending;

    Timeouts(TransactionParts parts, StateStore store, EndRules rules, EndTransaction ending) {
        this.parts = parts;
        this.store = store;
        this.rules = rules;
        this.ending = ending;
    }

    void abortTimedOut() {
        for (StatePartition home : store.partitions()) {
            if (!home.loading()) {
                home.states().values().forEach(state -> abortIfTimedOut(new Held(home, state)));
            }
        }
    }

    private void abortIfTimedOut(Held held) {
        try {
            Optional<TxnTransitMetadata> next = held.inLock(() -> fenceIfTimedOut(held.state()));
            if (next.isPresent()) {
                ending.abort(held, next.get()).thenAccept(error -> tell(held, error));
            }
        } catch (RuntimeException e) {
            tell(held, Failures.error(e));
        }
    }

    private Optional<TxnTransitMetadata> fenceIfTimedOut(TransactionMetadata state) {
        boolean timedOut = state.state() == TransactionState.ONGOING
                && !state.pendingTransitionInProgress()
                && !state.isDistributedTwoPhaseCommitTxn()
                && state.txnStartTimestamp() + state.txnTimeoutMs()
                        < parts.time().milliseconds();
        return timedOut
                ? Optional.of(rules.fence(state, parts.transactionVersion().get()))
                : Optional.empty();
    }

    private static void tell(Held held, Errors error) {
        LOG.atInfo()
                .addKeyValue("transactionalId", held.state().transactionalId())
                .addKeyValue("timeoutMillis", held.state().txnTimeoutMs())
                .addKeyValue("error", error)
                .log(
                        error == Errors.NONE
                                ? "transaction aborted by its timeout"
                                : "timed-out transaction not aborted yet");
    }
}
