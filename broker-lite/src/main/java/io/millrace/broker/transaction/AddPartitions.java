package io.millrace.broker.transaction;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;

/** AddPartitionsToTxn: makes partitions part of the open transaction, or tells whether they are. */
final class AddPartitions {
    private final StateStore store;
    private final Time time;

    AddPartitions(StateStore store, Time time) {
        this.store = store;
        this.time = time;
    }

    /** Whether {@link #add} opens no log. */
    boolean ready(String transactionalId) {
        return store.ready(transactionalId);
    }

    Errors add(
            @Nullable String transactionalId,
            long producerId,
            short producerEpoch,
            Collection<TopicPartition> partitions,
            TransactionVersion client) {
        if (transactionalId == null || transactionalId.isEmpty()) {
            return Errors.INVALID_REQUEST;
        }
        try {
            Held held = store.find(transactionalId).orElseThrow(Errors.INVALID_PRODUCER_ID_MAPPING::exception);
            Set<TopicPartition> added = new HashSet<>(partitions);
            Optional<TxnTransitMetadata> next =
                    held.inLock(() -> decide(held.state(), producerId, producerEpoch, added, client));
            return next.isPresent() ? store.appendOrDrop(held, next.get()) : Errors.NONE;
        } catch (RuntimeException e) {
            return Failures.error(e);
        }
    }

    private Optional<TxnTransitMetadata> decide(
            TransactionMetadata state,
            long producerId,
            short producerEpoch,
            Set<TopicPartition> partitions,
            TransactionVersion client) {
        // First, for a producer id that overflows is known to the client before it is in the state.
        if (state.pendingTransitionInProgress()) {
            throw Errors.CONCURRENT_TRANSACTIONS.exception();
        }
        check(state, producerId, producerEpoch);
        if (state.state() == TransactionState.ONGOING && state.topicPartitions().containsAll(partitions)) {
            return Optional.empty();
        }
        return Optional.of(state.prepareAddPartitions(partitions, time.milliseconds(), client));
    }

    private static void check(TransactionMetadata state, long producerId, short producerEpoch) {
        if (state.producerId() != producerId) {
            throw Errors.INVALID_PRODUCER_ID_MAPPING.exception();
        }
        if (state.producerEpoch() != producerEpoch) {
            throw Errors.PRODUCER_FENCED.exception();
        }
        if (state.state() == TransactionState.PREPARE_COMMIT || state.state() == TransactionState.PREPARE_ABORT) {
            throw Errors.CONCURRENT_TRANSACTIONS.exception();
        }
    }

    /**
     * Whether each partition is part of the transaction. A pending change does not matter: the guard of the log sees to it that a batch
     * verified before an end is not appended after it.
     */
    Map<TopicPartition, Errors> verify(
            @Nullable String transactionalId,
            long producerId,
            short producerEpoch,
            Collection<TopicPartition> partitions) {
        if (transactionalId == null || transactionalId.isEmpty()) {
            return all(partitions, Errors.INVALID_REQUEST);
        }
        try {
            Held held = store.find(transactionalId).orElseThrow(Errors.INVALID_PRODUCER_ID_MAPPING::exception);
            return held.inLock(() -> {
                check(held.state(), producerId, producerEpoch);
                Map<TopicPartition, Errors> verified = new HashMap<>();
                for (TopicPartition partition : partitions) {
                    boolean added = held.state().topicPartitions().contains(partition);
                    verified.put(partition, added ? Errors.NONE : Errors.TRANSACTION_ABORTABLE);
                }
                return verified;
            });
        } catch (RuntimeException e) {
            return all(partitions, Failures.error(e));
        }
    }

    static Map<TopicPartition, Errors> all(Collection<TopicPartition> partitions, Errors error) {
        Map<TopicPartition, Errors> errors = new HashMap<>();
        partitions.forEach(partition -> errors.put(partition, error));
        return errors;
    }
}
