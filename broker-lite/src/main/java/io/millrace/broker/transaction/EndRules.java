package io.millrace.broker.transaction;

import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;

/**
 * What the end of a transaction does to a transactional id, by its state. Called under the state's lock. Before transaction version 2 the
 * producer keeps its epoch, and the same end asked for again is answered alike. From version 2 on each end raises the epoch, so the epoch
 * of a request tells whether it is a repetition (the state's is one higher, or 0 of a new producer id) or the next end.
 */
record EndRules(ProducerIdSupply ids, Time time) {
    /**
     * @param next the change, now pending, or null if there is nothing to do but to answer again
     */
    record Decision(@Nullable TxnTransitMetadata next, long producerId, short producerEpoch) {}

    /**
     * Of a client's EndTxn.
     *
     * @throws org.apache.kafka.common.errors.ApiException if it is not allowed, or not now
     */
    Decision decide(
            TransactionMetadata state,
            long producerId,
            short producerEpoch,
            TransactionResult result,
            TransactionVersion client) {
        return client.supportsEpochBump()
                ? decideRaising(state, producerId, producerEpoch, result, client)
                : decideKeeping(state, producerId, producerEpoch, result);
    }

    /** Before version 2. */
    private Decision decideKeeping(
            TransactionMetadata state, long producerId, short producerEpoch, TransactionResult result) {
        if (state.producerId() != producerId) {
            throw Errors.INVALID_PRODUCER_ID_MAPPING.exception();
        }
        if (state.producerEpoch() != producerEpoch) {
            throw Errors.PRODUCER_FENCED.exception();
        }
        if (state.pendingTransitionInProgress()) {
            throw Errors.CONCURRENT_TRANSACTIONS.exception();
        }
        return switch (state.state()) {
            case ONGOING -> change(state, prepareKeeping(state, prepared(result)));
            case COMPLETE_COMMIT -> againIf(result == TransactionResult.COMMIT, state);
            case COMPLETE_ABORT -> againIf(result == TransactionResult.ABORT, state);
            case PREPARE_COMMIT -> throw busyIf(result == TransactionResult.COMMIT);
            case PREPARE_ABORT -> throw busyIf(result == TransactionResult.ABORT);
            case EMPTY -> throw Errors.INVALID_TXN_STATE.exception();
            case DEAD, PREPARE_EPOCH_FENCE -> throw impossible(state);
        };
    }

    /** From version 2 on. */
    private Decision decideRaising(
            TransactionMetadata state,
            long producerId,
            short producerEpoch,
            TransactionResult result,
            TransactionVersion client) {
        if (state.pendingTransitionInProgress()) {
            throw Errors.CONCURRENT_TRANSACTIONS.exception();
        }
        boolean overflown = state.prevProducerId() == producerId
                && producerEpoch == Short.MAX_VALUE - 1
                && state.producerEpoch() == 0;
        if (state.producerId() != producerId && !overflown) {
            throw Errors.INVALID_PRODUCER_ID_MAPPING.exception();
        }
        // Not if the last end left the epoch as it was: then the next epoch is that of another producer, an older
        // client, and who asks here
        // is a zombie, which the answer would give that producer's epoch. Kafka 4.3.1 does that.
        boolean raised = state.producerEpoch() == producerEpoch + 1
                && state.clientTransactionVersion().supportsEpochBump();
        boolean current = state.producerEpoch() == producerEpoch;
        boolean known =
                switch (state.state()) {
                    case ONGOING, EMPTY, DEAD, PREPARE_EPOCH_FENCE -> current;
                    case PREPARE_COMMIT, PREPARE_ABORT -> raised;
                    case COMPLETE_COMMIT, COMPLETE_ABORT -> raised || overflown || current;
                };
        if (!known) {
            throw Errors.PRODUCER_FENCED.exception();
        }
        boolean repeated = raised || overflown;
        boolean abort = result == TransactionResult.ABORT;
        return switch (state.state()) {
            case ONGOING -> change(state, prepareRaising(state, prepared(result), client, false));
            case COMPLETE_COMMIT -> repeated ? againIf(!abort, state) : abortNothing(state, abort, client);
            case COMPLETE_ABORT -> repeated ? againIf(abort, state) : abortNothing(state, abort, client);
            case EMPTY -> abortNothing(state, abort, client);
            case PREPARE_COMMIT -> throw busyIf(!abort);
            case PREPARE_ABORT -> throw busyIf(abort);
            case DEAD, PREPARE_EPOCH_FENCE -> throw impossible(state);
        };
    }

    /** A client that does not know whether its transaction has begun here may abort it. */
    private Decision abortNothing(TransactionMetadata state, boolean abort, TransactionVersion client) {
        if (!abort) {
            throw Errors.INVALID_TXN_STATE.exception();
        }
        return change(state, prepareRaising(state, TransactionState.PREPARE_ABORT, client, true));
    }

    /**
     * The abort of an open transaction whose producer must not go on: the change to PrepareAbort with a higher epoch, now pending.
     *
     * @throws org.apache.kafka.common.errors.ApiException if it is not possible now; then nothing is pending
     */
    TxnTransitMetadata fence(TransactionMetadata state, TransactionVersion server) {
        if (server.supportsEpochBump()) {
            return prepareRaising(state, TransactionState.PREPARE_ABORT, server, false);
        }
        short raised = state.prepareFenceProducerEpoch().producerEpoch();
        state.pendingState(Optional.empty());
        // The one change that is in memory before it is in the log: from here on the producer is fenced, and an end
        // that could not be
        // written will not raise the epoch a second time.
        state.setProducerEpoch(raised);
        state.setLastProducerEpoch(RecordBatch.NO_PRODUCER_EPOCH);
        return prepareKeeping(state, TransactionState.PREPARE_ABORT);
    }

    private TxnTransitMetadata prepareKeeping(TransactionMetadata state, TransactionState next) {
        return state.prepareAbortOrCommit(
                next, TransactionVersion.TV_0, RecordBatch.NO_PRODUCER_ID, time.milliseconds(), false);
    }

    private TxnTransitMetadata prepareRaising(
            TransactionMetadata state, TransactionState next, TransactionVersion version, boolean nothingAdded) {
        long nextId = state.isProducerEpochExhausted() ? ids.take() : RecordBatch.NO_PRODUCER_ID;
        return state.prepareAbortOrCommit(next, version, nextId, time.milliseconds(), nothingAdded);
    }

    private static TransactionState prepared(TransactionResult result) {
        return result == TransactionResult.COMMIT ? TransactionState.PREPARE_COMMIT : TransactionState.PREPARE_ABORT;
    }

    private static Decision change(TransactionMetadata state, TxnTransitMetadata next) {
        return new Decision(next, state.producerId(), state.producerEpoch());
    }

    private static Decision againIf(boolean same, TransactionMetadata state) {
        if (!same) {
            throw Errors.INVALID_TXN_STATE.exception();
        }
        return new Decision(null, state.producerId(), state.producerEpoch());
    }

    private static RuntimeException busyIf(boolean same) {
        return (same ? Errors.CONCURRENT_TRANSACTIONS : Errors.INVALID_TXN_STATE).exception();
    }

    private static IllegalStateException impossible(TransactionMetadata state) {
        return new IllegalStateException(
                "transactional id '" + state.transactionalId() + "' is in state " + state.state());
    }
}
