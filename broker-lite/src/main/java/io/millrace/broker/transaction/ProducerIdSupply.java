package io.millrace.broker.transaction;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.common.ProducerIdsBlock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands out producer ids, and asks for the next block before the current one is used up. Thread-safe. */
final class ProducerIdSupply {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerIdSupply.class);
    private static final int PREFETCH_PERCENT = 90;

    private final ProducerIds source;
    private ProducerIdsBlock current = ProducerIdsBlock.EMPTY;
    private @Nullable ProducerIdsBlock next;
    private @Nullable CompletableFuture<Void> fetch;

    ProducerIdSupply(ProducerIds source) {
        this.source = source;
    }

    /** The next id, as soon as there is one. Fails with what Kafka answers when the controller gives none. */
    CompletableFuture<Long> next() {
        Optional<Long> id = claim();
        return id.map(CompletableFuture::completedFuture).orElseGet(() -> fetch().thenCompose(block -> next()));
    }

    /** The next id, now. For where a lock is held. */
    long take() {
        Optional<Long> id = claim();
        if (id.isEmpty()) {
            CompletableFuture<Void> fetched = fetch();
            // a controller in the same process may have answered at once
            id = fetched.isDone() && !fetched.isCompletedExceptionally() ? claim() : id;
        }
        return id.orElseThrow(Errors.COORDINATOR_LOAD_IN_PROGRESS::exception);
    }

    private Optional<Long> claim() {
        Optional<Long> id;
        boolean prefetch;
        synchronized (this) {
            id = current.claimNextId();
            if (id.isEmpty() && next != null) {
                current = next;
                next = null;
                id = current.claimNextId();
            }
            long threshold = current.firstProducerId() + (long) current.size() * PREFETCH_PERCENT / 100;
            prefetch = id.isPresent() && id.get() == threshold;
        }
        if (prefetch) {
            var unused = fetch();
        }
        return id;
    }

    private CompletableFuture<Void> fetch() {
        CompletableFuture<Void> mine;
        synchronized (this) {
            if (next != null) {
                return CompletableFuture.completedFuture(null);
            }
            if (fetch != null) {
                return fetch;
            }
            mine = new CompletableFuture<>();
            fetch = mine;
        }
        source.nextBlock().whenComplete((block, error) -> fetched(mine, block, error));
        return mine;
    }

    private void fetched(CompletableFuture<Void> request, @Nullable ProducerIdsBlock block, @Nullable Throwable error) {
        boolean usable;
        synchronized (this) {
            usable = error == null && block != null && block.firstProducerId() > current.lastProducerId();
            if (usable) {
                next = block;
            }
            fetch = null;
        }
        if (usable) {
            request.complete(null);
            return;
        }
        LOG.atWarn().setCause(error).addKeyValue("block", block).log("the controller gave no producer ids");
        request.completeExceptionally(Errors.COORDINATOR_LOAD_IN_PROGRESS.exception());
    }
}
