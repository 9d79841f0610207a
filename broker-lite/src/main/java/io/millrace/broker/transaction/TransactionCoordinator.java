package io.millrace.broker.transaction;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator of all transactional ids, for there is no other broker. Answers never fail: what went wrong is in them as Kafka's code.
 * Operations append to {@code __transaction_state} on the caller's thread, so a caller that must not wait looks first whether the log of
 * {@link #statePartition} is ready. Thread-safe.
 */
public final class TransactionCoordinator implements AutoCloseable {
    private final TransactionParts parts;
    private final TransactionSettings settings;
    private final StateStore store;
    private final StateLoading loading;
    private final Markers markers;
    private final Completions completions;
    private final InitProducer initializing;
    private final AddPartitions adding;
    private final EndTransaction ending;
    private final Timeouts timeouts;
    private final ExpiredIds expiredIds;
    private final Listing listing;
    private List<ScheduledFuture<?>> tasks = List.of();
    private volatile boolean active;

    public TransactionCoordinator(TransactionParts parts, TransactionSettings settings) {
        this.parts = parts;
        this.settings = settings;
        this.store = new StateStore(parts);
        this.markers = new Markers(parts);
        this.completions = new Completions(parts, store, markers);
        this.loading =
                new StateLoading(parts, store, new StateLog(parts.logs(), settings.loadBufferBytes()), completions);
        ProducerIdSupply ids = new ProducerIdSupply(parts.producerIds());
        EndRules rules = new EndRules(ids, parts.time());
        this.ending = new EndTransaction(store, rules, completions);
        this.initializing = new InitProducer(parts, settings, store, ids, ending);
        this.adding = new AddPartitions(store, parts.time());
        this.timeouts = new Timeouts(parts, store, rules, ending);
        this.expiredIds = new ExpiredIds(parts, settings, store);
        this.listing = new Listing(store, parts.time());
    }

    /** Begins to look for transactions that timed out and for ids that expired. */
    public synchronized void start() {
        active = true;
        tasks = List.of(
                every(
                        "abort-timed-out-transactions",
                        timeouts::abortTimedOut,
                        settings.abortInterval().toMillis()),
                every(
                        "expire-transactional-ids",
                        expiredIds::forget,
                        settings.expireInterval().toMillis()));
    }

    private ScheduledFuture<?> every(String name, Runnable task, long millis) {
        return parts.scheduler().schedule(name, task, millis, millis);
    }

    /**
     * Serves the transactional ids of a partition of {@code __transaction_state} from now on; done when its log is read, which happens on
     * the executor. Does nothing if it is served under this leader epoch or a later one. To be called when the metadata is whole, for it
     * says which partitions still need markers; those are then written without further ado.
     */
    public CompletableFuture<Void> load(int partition, int leaderEpoch) {
        return loading.load(partition, leaderEpoch);
    }

    /** No longer serves a partition, which was deleted. */
    public void unload(int partition) {
        store.remove(partition);
    }

    /** No longer serves any partition: the topic was deleted, and may come again with another number of them. */
    public void unloadAll() {
        store.clear();
    }

    /** The partition of {@code __transaction_state} that a transactional id belongs to. */
    public int partitionFor(String transactionalId) {
        return store.partitionFor(transactionalId);
    }

    public TopicPartition statePartition(String transactionalId) {
        return new TopicPartition(Topic.TRANSACTION_STATE_TOPIC_NAME, partitionFor(transactionalId));
    }

    public CompletableFuture<InitProducerIdResult> initProducerId(
            @Nullable String transactionalId,
            int timeoutMillis,
            boolean enableTwoPhaseCommit,
            boolean keepPrepared,
            Optional<ProducerIdAndEpoch> expected) {
        return initializing.init(transactionalId, timeoutMillis, enableTwoPhaseCommit, keepPrepared, expected);
    }

    /** Also for AddOffsetsToTxn, with the group's partition of {@code __consumer_offsets} and version 0. */
    public CompletableFuture<Errors> addPartitionsToTxn(
            @Nullable String transactionalId,
            long producerId,
            short producerEpoch,
            Collection<TopicPartition> partitions,
            TransactionVersion client) {
        return CompletableFuture.completedFuture(
                adding.add(transactionalId, producerId, producerEpoch, partitions, client));
    }

    public Map<TopicPartition, Errors> verifyPartitionsInTxn(
            @Nullable String transactionalId,
            long producerId,
            short producerEpoch,
            Collection<TopicPartition> partitions) {
        return adding.verify(transactionalId, producerId, producerEpoch, partitions);
    }

    /**
     * Commits or aborts. The outcome is settled when the answer is given; it is given when the markers were tried once, so a client that
     * goes on at once seldom meets its own last transaction.
     */
    public CompletableFuture<EndTxnResult> endTxn(
            @Nullable String transactionalId,
            long producerId,
            short producerEpoch,
            TransactionResult result,
            TransactionVersion client) {
        return ending.end(transactionalId, producerId, producerEpoch, result, client);
    }

    public DescribeTransactionsResponseData.TransactionState describeTransactions(String transactionalId) {
        if (!active) {
            return new DescribeTransactionsResponseData.TransactionState()
                    .setTransactionalId(transactionalId)
                    .setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code());
        }
        return listing.describe(transactionalId);
    }

    /**
     * @param producerIds only these, all if empty
     * @param states only these, all if empty
     * @param durationMillis only transactions open for longer, all if negative
     * @param pattern only ids that match this RE2 expression as a whole, all if null or empty
     * @throws org.apache.kafka.common.errors.InvalidRegularExpression if it is none
     */
    public ListTransactionsResponseData listTransactions(
            Set<Long> producerIds, Set<String> states, long durationMillis, @Nullable String pattern) {
        return active
                ? listing.list(producerIds, states, durationMillis, pattern)
                : new ListTransactionsResponseData().setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code());
    }

    /** What a transactional write asks before it appends. */
    public Verification verification(BooleanSupplier enabled) {
        return new Verification(parts, settings, adding, enabled);
    }

    /** For WriteTxnMarkers. */
    public Markers markers() {
        return markers;
    }

    /** How many transactions are between the decision to end them and the last record of it. */
    public int unfinished() {
        return completions.open();
    }

    /** Serves no id any more; what was to be written later is left to the next start. */
    @Override
    public synchronized void close() {
        active = false;
        tasks.forEach(task -> task.cancel(false));
        tasks = List.of();
        store.clear();
    }
}
