package io.millrace.broker.transaction;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;

/** EndTxn, and the ends that the coordinator itself decides. */
final class EndTransaction {
    private final StateStore store;
    private final EndRules rules;
    private final Completions completions;

    EndTransaction(StateStore store, EndRules rules, Completions completions) {
        this.store = store;
        this.rules = rules;
        this.completions = completions;
    }

    CompletableFuture<EndTxnResult> end(
            @Nullable String transactionalId,
            long producerId,
            short producerEpoch,
            TransactionResult result,
            TransactionVersion client) {
        if (transactionalId == null || transactionalId.isEmpty()) {
            return CompletableFuture.completedFuture(EndTxnResult.refused(Errors.INVALID_REQUEST));
        }
        try {
            Held held = store.find(transactionalId).orElseThrow(Errors.INVALID_PRODUCER_ID_MAPPING::exception);
            EndRules.Decision decision =
                    held.inLock(() -> rules.decide(held.state(), producerId, producerEpoch, result, client));
            if (decision.next() == null) {
                return CompletableFuture.completedFuture(
                        answer(client, decision.producerId(), decision.producerEpoch()));
            }
            return prepare(held, decision.next(), client);
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(EndTxnResult.refused(Failures.error(e)));
        }
    }

    private CompletableFuture<EndTxnResult> prepare(Held held, TxnTransitMetadata next, TransactionVersion client) {
        Errors error = store.appendOrDrop(held, next);
        if (error != Errors.NONE) {
            return CompletableFuture.completedFuture(EndTxnResult.refused(error));
        }
        // From here on the outcome is settled, whatever happens to the markers.
        Completion completion = completions.of(held);
        TxnTransitMetadata complete = completion.complete();
        return completion.begin().thenApply(begun -> answer(client, complete.producerId(), complete.producerEpoch()));
    }

    /** The abort that {@link EndRules#fence} has decided. */
    CompletableFuture<Errors> abort(Held held, TxnTransitMetadata next) {
        Errors error = store.appendOrDrop(held, next);
        if (error != Errors.NONE) {
            if (!next.clientTransactionVersion().supportsEpochBump()) {
                held.inLock(() -> {
                    held.state().hasFailedEpochFence(true);
                    return held;
                });
            }
            return CompletableFuture.completedFuture(error);
        }
        return completions.of(held).begin().thenApply(begun -> Errors.NONE);
    }

    private static EndTxnResult answer(TransactionVersion client, long producerId, short producerEpoch) {
        return client.supportsEpochBump()
                ? new EndTxnResult(Errors.NONE, producerId, producerEpoch)
                : new EndTxnResult(Errors.NONE, RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH);
    }
}
