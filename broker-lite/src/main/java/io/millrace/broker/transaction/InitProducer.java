package io.millrace.broker.transaction;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** InitProducerId: gives a producer its id and epoch, fences the producer before it, and aborts what that one left open. */
final class InitProducer {
    private static final Logger LOG = LoggerFactory.getLogger(InitProducer.class);

    private final TransactionParts parts;
    private final TransactionSettings settings;
    private final StateStore store;
    private final ProducerIdSupply ids;
    private final EndTransaction ending;

    InitProducer(
            TransactionParts parts,
            TransactionSettings settings,
            StateStore store,
            ProducerIdSupply ids,
            EndTransaction ending) {
        this.parts = parts;
        this.settings = settings;
        this.store = store;
        this.ids = ids;
        this.ending = ending;
    }

    CompletableFuture<InitProducerIdResult> init(
            @Nullable String transactionalId,
            int timeoutMillis,
            boolean enableTwoPhaseCommit,
            boolean keepPrepared,
            Optional<ProducerIdAndEpoch> expected) {
        if (transactionalId == null) {
            return ids.next()
                    .thenApply(id -> new InitProducerIdResult(Errors.NONE, id, (short) 0))
                    .exceptionally(InitProducer::refused);
        }
        Errors refusal = refusal(transactionalId, timeoutMillis, enableTwoPhaseCommit, keepPrepared);
        if (refusal != Errors.NONE) {
            return CompletableFuture.completedFuture(InitProducerIdResult.refused(refusal));
        }
        int timeout = enableTwoPhaseCommit ? Integer.MAX_VALUE : timeoutMillis;
        return guarded(() -> store.find(transactionalId)
                .map(held -> init(held, timeout, expected))
                .orElseGet(() -> create(transactionalId, timeout, expected)));
    }

    private Errors refusal(
            String transactionalId, int timeoutMillis, boolean enableTwoPhaseCommit, boolean keepPrepared) {
        if (transactionalId.isEmpty()) {
            return Errors.INVALID_REQUEST;
        }
        if (enableTwoPhaseCommit && !settings.twoPhaseCommit()) {
            return Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
        }
        if (keepPrepared) {
            return Errors.UNSUPPORTED_VERSION;
        }
        boolean acceptable = enableTwoPhaseCommit
                || timeoutMillis > 0 && timeoutMillis <= settings.maxTimeout().toMillis();
        return acceptable ? Errors.NONE : Errors.INVALID_TRANSACTION_TIMEOUT;
    }

    private CompletableFuture<InitProducerIdResult> create(
            String transactionalId, int timeoutMillis, Optional<ProducerIdAndEpoch> expected) {
        CompletableFuture<Long> id = ids.next();
        if (id.isDone()) {
            return id.thenCompose(given -> create(transactionalId, given, timeoutMillis, expected))
                    .exceptionally(InitProducer::refused);
        }
        // The controller answers on its own thread, which is not for our appends.
        return id.thenComposeAsync(given -> create(transactionalId, given, timeoutMillis, expected), parts.io())
                .exceptionally(InitProducer::refused);
    }

    private CompletableFuture<InitProducerIdResult> create(
            String transactionalId, long id, int timeoutMillis, Optional<ProducerIdAndEpoch> expected) {
        TransactionMetadata created = new TransactionMetadata(
                transactionalId,
                id,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_PRODUCER_EPOCH,
                timeoutMillis,
                TransactionState.EMPTY,
                Set.of(),
                -1,
                parts.time().milliseconds(),
                TransactionVersion.TV_0);
        return guarded(() -> init(store.findOrPut(created), timeoutMillis, expected));
    }

    private CompletableFuture<InitProducerIdResult> init(
            Held held, int timeoutMillis, Optional<ProducerIdAndEpoch> expected) {
        InitRules rules =
                new InitRules(ids, parts.time(), parts.transactionVersion().get());
        TxnTransitMetadata next = held.inLock(() -> rules.decide(held.state(), timeoutMillis, expected));
        if (next.txnState() == TransactionState.PREPARE_ABORT) {
            return ending.abort(held, next)
                    .thenApply(error -> error == Errors.NONE ? Errors.CONCURRENT_TRANSACTIONS : error)
                    .thenApply(InitProducerIdResult::refused);
        }
        Errors error = store.appendOrDrop(held, next);
        if (error != Errors.NONE) {
            return CompletableFuture.completedFuture(InitProducerIdResult.refused(error));
        }
        LOG.atDebug()
                .addKeyValue("transactionalId", held.state().transactionalId())
                .addKeyValue("producerId", next.producerId())
                .addKeyValue("producerEpoch", next.producerEpoch())
                .log("transactional producer initialized");
        return CompletableFuture.completedFuture(
                new InitProducerIdResult(Errors.NONE, next.producerId(), next.producerEpoch()));
    }

    private static CompletableFuture<InitProducerIdResult> guarded(
            Supplier<CompletableFuture<InitProducerIdResult>> action) {
        try {
            return action.get();
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(refused(e));
        }
    }

    private static InitProducerIdResult refused(Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return InitProducerIdResult.refused(Failures.error(cause));
    }
}
