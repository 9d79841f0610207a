package io.millrace.broker.transaction;

import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;

/** What InitProducerId does to a transactional id, by its state. Called under the state's lock. */
record InitRules(ProducerIdSupply ids, Time time, TransactionVersion serverVersion) {
    /**
     * The change, now pending: to Empty with the next epoch or a new producer id, or to PrepareAbort if a transaction is open, whose
     * producer is thereby fenced; the client is to come again when it is aborted.
     *
     * @param expected what the caller was given before, if it wants to go on rather than to begin
     * @throws org.apache.kafka.common.errors.ApiException if it is not allowed, or not now
     */
    TxnTransitMetadata decide(TransactionMetadata state, int timeoutMillis, Optional<ProducerIdAndEpoch> expected) {
        if (state.pendingTransitionInProgress()) {
            throw Errors.CONCURRENT_TRANSACTIONS.exception();
        }
        if (expected.isPresent() && !mayGoOn(state, expected.get())) {
            throw Errors.PRODUCER_FENCED.exception();
        }
        return switch (state.state()) {
            case PREPARE_ABORT, PREPARE_COMMIT -> throw Errors.CONCURRENT_TRANSACTIONS.exception();
            case COMPLETE_ABORT, COMPLETE_COMMIT, EMPTY -> begin(state, timeoutMillis, expected);
            case ONGOING -> new EndRules(ids, time).fence(state, serverVersion);
            case DEAD, PREPARE_EPOCH_FENCE ->
                throw new IllegalStateException(
                        "transactional id '" + state.transactionalId() + "' is in state " + state.state());
        };
    }

    /**
     * A new state has no epoch yet: its producer was forgotten, and takes the new id. Else the id must be the current one, or the one
     * before if its epochs were used up, for then the answer that told the new one may have been lost.
     */
    private static boolean mayGoOn(TransactionMetadata state, ProducerIdAndEpoch expected) {
        return state.producerEpoch() == RecordBatch.NO_PRODUCER_EPOCH
                || expected.producerId == state.producerId()
                || expected.producerId == state.prevProducerId()
                        && TransactionMetadata.isEpochExhausted(expected.epoch);
    }

    private TxnTransitMetadata begin(
            TransactionMetadata state, int timeoutMillis, Optional<ProducerIdAndEpoch> expected) {
        boolean current = expected.map(producer -> producer.epoch == state.producerEpoch())
                .orElse(true);
        if (state.isProducerEpochExhausted() && current) {
            return state.prepareProducerIdRotation(
                    ids.take(), timeoutMillis, time.milliseconds(), expected.isPresent());
        }
        return state.prepareIncrementProducerEpoch(
                timeoutMillis, expected.map(producer -> producer.epoch), time.milliseconds());
    }
}
