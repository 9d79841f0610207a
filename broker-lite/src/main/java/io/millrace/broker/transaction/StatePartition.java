package io.millrace.broker.transaction;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;

/**
 * The transactional ids of one partition of {@code __transaction_state}, from one loading to the next. Nothing is appended under it before
 * it is open nor after it is closed, so what one loading has read is not added to behind its back. Thread-safe.
 */
final class StatePartition {
    private enum Phase {
        LOADING,
        OPEN,
        CLOSED
    }

    private final TopicPartition topicPartition;
    private final int leaderEpoch;
    private final ConcurrentMap<String, TransactionMetadata> states = new ConcurrentHashMap<>();
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private volatile Phase phase = Phase.LOADING;

    StatePartition(int partition, int leaderEpoch) {
        this.topicPartition = new TopicPartition(Topic.TRANSACTION_STATE_TOPIC_NAME, partition);
        this.leaderEpoch = leaderEpoch;
    }

    TopicPartition topicPartition() {
        return topicPartition;
    }

    /** The epoch that markers carry, so that a partition refuses those of an older coordinator. */
    int leaderEpoch() {
        return leaderEpoch;
    }

    Map<String, TransactionMetadata> states() {
        return states;
    }

    ConcurrentMap<String, TransactionMetadata> openStates() {
        return switch (phase) {
            case LOADING -> throw Errors.COORDINATOR_LOAD_IN_PROGRESS.exception();
            case CLOSED -> throw Errors.NOT_COORDINATOR.exception();
            case OPEN -> states;
        };
    }

    boolean loading() {
        return phase == Phase.LOADING;
    }

    boolean closed() {
        return phase == Phase.CLOSED;
    }

    /** Does what may only be done while the partition is open, and keeps it open so long. */
    Errors whileOpen(Supplier<Errors> action) {
        lock.readLock().lock();
        try {
            return phase == Phase.OPEN ? action.get() : Errors.NOT_COORDINATOR;
        } finally {
            lock.readLock().unlock();
        }
    }

    void open(Map<String, TransactionMetadata> loaded) {
        lock.writeLock().lock();
        try {
            if (phase == Phase.LOADING) {
                states.putAll(loaded);
                phase = Phase.OPEN;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    void close() {
        lock.writeLock().lock();
        try {
            phase = Phase.CLOSED;
        } finally {
            lock.writeLock().unlock();
        }
    }
}
