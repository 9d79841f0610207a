package io.millrace.broker.transaction;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The states of all transactional ids, each changed in memory only after the change is in the log. Thread-safe. */
final class StateStore {
    private static final Logger LOG = LoggerFactory.getLogger(StateStore.class);

    private final TransactionParts parts;
    private final Map<Integer, StatePartition> partitions = new ConcurrentHashMap<>();
    // Fixed while any is loaded: ids move between partitions when it changes, and their states do not. 0 if none is.
    private volatile int partitionCount;

    StateStore(TransactionParts parts) {
        this.parts = parts;
    }

    int partitionCount() {
        int fixed = partitionCount;
        return fixed > 0 ? fixed : parts.statePartitions().getAsInt();
    }

    int partitionFor(String transactionalId) {
        return Utils.abs(transactionalId.hashCode()) % partitionCount();
    }

    @Nullable
    StatePartition partition(int partition) {
        return partitions.get(partition);
    }

    Collection<StatePartition> partitions() {
        return partitions.values();
    }

    /** Puts the partition in the place of what was loaded before. */
    void put(StatePartition partition) {
        partitionCount = partitionCount();
        StatePartition former = partitions.put(partition.topicPartition().partition(), partition);
        if (former != null) {
            former.close();
        }
    }

    void remove(int partition) {
        StatePartition former = partitions.remove(partition);
        if (former != null) {
            former.close();
        }
    }

    void clear() {
        partitions.keySet().forEach(this::remove);
        partitionCount = 0;
    }

    /**
     * The state of a transactional id.
     *
     * @throws ApiException what Kafka answers while the id's partition is being loaded, or if it is not loaded
     */
    Optional<Held> find(String transactionalId) {
        StatePartition home = home(transactionalId);
        return Optional.ofNullable(home.openStates().get(transactionalId)).map(state -> new Held(home, state));
    }

    /** The state of a transactional id, which is the given one if there is none yet. */
    Held findOrPut(TransactionMetadata created) {
        StatePartition home = home(created.transactionalId());
        TransactionMetadata present = home.openStates().putIfAbsent(created.transactionalId(), created);
        return new Held(home, present == null ? created : present);
    }

    /** Whether a change of the id would be appended, or refused, without opening the log. */
    boolean ready(String transactionalId) {
        StatePartition home = partitions.get(partitionFor(transactionalId));
        return home == null || parts.logs().ready(home.topicPartition());
    }

    private StatePartition home(String transactionalId) {
        StatePartition home = partitions.get(partitionFor(transactionalId));
        if (home == null) {
            throw Errors.NOT_COORDINATOR.exception();
        }
        return home;
    }

    /** Appends the pending change and makes it. After an error it is still pending. */
    Errors append(Held held, TxnTransitMetadata next) {
        String id = held.state().transactionalId();
        TransactionVersion version = parts.transactionVersion().get();
        SimpleRecord record = new SimpleRecord(
                parts.time().milliseconds(), TransactionLog.keyToBytes(id), TransactionLog.valueToBytes(next, version));
        return held.home().whileOpen(() -> {
            Errors error = append(held.home(), MemoryRecords.withRecords(TransactionLog.ENFORCED_COMPRESSION, record));
            if (error == Errors.NONE) {
                held.inLock(() -> {
                    held.state().completeTransitionTo(next);
                    return next;
                });
            }
            return error;
        });
    }

    /** Appends the pending change and makes it, or drops it if that fails. */
    Errors appendOrDrop(Held held, TxnTransitMetadata next) {
        Errors error = append(held, next);
        if (error != Errors.NONE) {
            LOG.atInfo()
                    .addKeyValue("transactionalId", held.state().transactionalId())
                    .addKeyValue("state", next.txnState())
                    .addKeyValue("error", error)
                    .log("a change of a transaction could not be written");
            drop(held);
        }
        return error;
    }

    void drop(Held held) {
        held.inLock(() -> {
            held.state().pendingState(Optional.<TransactionState>empty());
            return held;
        });
    }

    /** Appends to the log of an open partition. */
    Errors append(StatePartition home, MemoryRecords records) {
        try {
            parts.logs()
                    .append(
                            home.topicPartition(),
                            records,
                            AppendOrigin.COORDINATOR,
                            VerificationGuard.SENTINEL,
                            TransactionVersion.TV_UNKNOWN,
                            RequestLocal.noCaching());
            return Errors.NONE;
        } catch (ApiException e) {
            return coordinatorError(Errors.forException(e));
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("partition", home.topicPartition())
                    .log("an append to the transaction log failed");
            return Errors.UNKNOWN_SERVER_ERROR;
        }
    }

    /** What a client of the coordinator is told when the log answers with an error. */
    private static Errors coordinatorError(Errors error) {
        return switch (error) {
            case UNKNOWN_TOPIC_OR_PARTITION, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT ->
                Errors.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> Errors.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE -> Errors.UNKNOWN_SERVER_ERROR;
            default -> error;
        };
    }
}
