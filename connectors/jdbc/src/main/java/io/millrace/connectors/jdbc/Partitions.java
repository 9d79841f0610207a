package io.millrace.connectors.jdbc;

import io.millrace.connectors.jdbc.Offsets.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which records of the partitions of this task are still to be written. The database is asked at a partition's first record, so that it may be away when
 * partitions come.
 *
 * <p>A record below the database's offset was written before and is passed over, or was a dead letter before and is one again. A first record above it means
 * that the database is behind what Kafka holds as committed, because it was restored for example: reading goes back to where the database is.
 */
final class Partitions {
    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);
    /** By how much clocks of machines may differ. */
    private static final Duration CLOCKS = Duration.ofMinutes(5);

    private static final class State {
        private Position position = new Position(0, -1, 0);
        private boolean claimed;
        /** Whether the position is what the database holds; not so after a failure. */
        private boolean known;
        /** Whether Kafka's position was compared with the database's. */
        private boolean compared;
        /** Whether reading goes back, so that nothing more is taken before it did. */
        private boolean goesBack;
        /** Dead letters of a former life, while records are passed over. */
        private Map<Long, String> rejected = Map.of();

        private boolean passing;
        private long passed;
    }

    private final JdbcSinkConfig config;
    private final Offsets offsets;
    private final SinkTaskContext context;
    private final Clock clock;
    private final Map<TopicPartition, State> states = new HashMap<>();

    Partitions(JdbcSinkConfig config, Offsets offsets, SinkTaskContext context, Clock clock) {
        this.config = config;
        this.offsets = offsets;
        this.context = context;
        this.clock = clock;
    }

    void open(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> states.put(partition, new State()));
    }

    void close(Collection<TopicPartition> partitions) {
        partitions.forEach(states::remove);
    }

    /** What was tried failed; whether the database has it is not known. */
    void doubt() {
        for (State state : states.values()) {
            state.known = false;
            state.passing = false;
            if (state.goesBack) {
                // the worker may bring the same records before it goes back
                state.goesBack = false;
                state.compared = false;
            }
        }
    }

    /** Begins a put: takes or looks up the partitions of these records. In a transaction of its own. */
    void prepare(Connection connection, Collection<SinkRecord> records) throws SQLException {
        Set<TopicPartition> seen = new HashSet<>();
        for (State state : states.values()) {
            state.goesBack = false;
        }
        for (SinkRecord record : records) {
            TopicPartition partition = partition(record);
            if (config.exactlyOnce() && seen.add(partition)) {
                prepare(connection, partition, record.originalKafkaOffset());
            }
        }
    }

    private void prepare(Connection connection, TopicPartition partition, long first) throws SQLException {
        State state = state(partition);
        if (state.known) {
            return;
        }
        if (state.claimed) {
            Position now = offsets.read(connection, partition).orElseThrow(() -> fenced(partition));
            if (now.generation() != state.position.generation()) {
                throw fenced(partition);
            }
            state.position = now;
        } else {
            state.position = offsets.claim(connection, partition);
            offsets.forgetRejected(connection, partition, first);
            LOG.info(
                    "partition taken (connector={}, topic={}, partition={}, offset={}, generation={})",
                    config.connector(),
                    partition.topic(),
                    partition.partition(),
                    state.position.next(),
                    state.position.generation());
        }
        connection.commit();
        state.claimed = true;
        state.known = true;
    }

    /**
     * Whether a record is to be written.
     *
     * @param rejectedBefore told of a record that became a dead letter in a former life
     */
    boolean admits(Connection connection, SinkRecord record, BiConsumer<SinkRecord, String> rejectedBefore)
            throws SQLException {
        if (!config.exactlyOnce()) {
            return true;
        }
        TopicPartition partition = partition(record);
        State state = state(partition);
        long offset = record.originalKafkaOffset();
        if (state.goesBack) {
            return false;
        }
        boolean first = !state.compared;
        state.compared = true;
        long next = state.position.next();
        if (first && next >= 0 && offset > next) {
            LOG.info(
                    "reading goes back to where the database is"
                            + " (connector={}, topic={}, partition={}, from={}, to={})",
                    config.connector(),
                    partition.topic(),
                    partition.partition(),
                    offset,
                    next);
            context.offset(partition, next);
            state.goesBack = true;
            return false;
        }
        if (offset >= next) {
            endPassing(partition, state);
            return true;
        }
        if (!state.passing) {
            state.passing = true;
            state.rejected = offsets.rejected(connection, partition);
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
        checkIsOld(partition, state, record);
        state.passed++;
        String message = state.rejected.get(offset);
        if (message != null) {
            rejectedBefore.accept(record, message);
        }
        return false;
    }

    private void endPassing(TopicPartition partition, State state) {
        if (state.passing) {
            state.passing = false;
            state.rejected = Map.of();
            LOG.info(
                    "records passed over that the database has already"
                            + " (connector={}, topic={}, partition={}, records={})",
                    config.connector(),
                    partition.topic(),
                    partition.partition(),
                    state.passed);
            state.passed = 0;
        }
    }

    /** A topic that was deleted and made again begins at 0: its records would be passed over without this. */
    private void checkIsOld(TopicPartition partition, State state, SinkRecord record) {
        Long timestamp = record.timestamp();
        long latest = state.position.updated() + CLOCKS.toMillis();
        if (timestamp != null && timestamp > latest && timestamp <= clock.millis() + CLOCKS.toMillis()) {
            throw new ConnectException("jdbc.offsets: record '" + partition + "@" + record.originalKafkaOffset()
                    + "' is newer than the moment when the database had all before '" + state.position.next()
                    + "': the topic was made anew. Delete the rows of connector '" + config.connector()
                    + "' and topic '"
                    + partition.topic() + "' from table '" + config.offsetsTable()
                    + "', and the sink reads it from its start.");
        }
    }

    /** The first statements of a transaction: moves the offsets, and so locks them. */
    void advance(Connection connection, Map<TopicPartition, Long> next) throws SQLException {
        if (!config.exactlyOnce()) {
            return;
        }
        for (Map.Entry<TopicPartition, Long> entry : next.entrySet()) {
            Position from = state(entry.getKey()).position;
            if (!offsets.advance(connection, entry.getKey(), from, entry.getValue())) {
                connection.rollback();
                boolean mine = offsets.read(connection, entry.getKey())
                        .filter(now -> now.generation() == from.generation())
                        .isPresent();
                if (!mine) {
                    throw fenced(entry.getKey());
                }
                throw new RetriableException("jdbc.offsets: a transaction of sink '" + config.connector()
                        + "' was committed that seemed to have failed; its offset is read again.");
            }
        }
    }

    /** The transaction was committed. */
    void advanced(Map<TopicPartition, Long> next) {
        next.forEach((partition, offset) -> {
            State state = state(partition);
            state.position = new Position(state.position.generation(), offset, clock.millis());
        });
    }

    void reject(Connection connection, SinkRecord record, String message) throws SQLException {
        if (config.exactlyOnce()) {
            offsets.reject(connection, partition(record), record.originalKafkaOffset(), message);
        }
    }

    /** All that was delivered is in the database when put returns, but for what is read again. */
    Map<TopicPartition, OffsetAndMetadata> committable(Map<TopicPartition, OffsetAndMetadata> delivered) {
        Map<TopicPartition, OffsetAndMetadata> committable = new HashMap<>(delivered);
        states.forEach((partition, state) -> {
            if (state.goesBack) {
                committable.remove(partition);
            }
        });
        return committable;
    }

    static TopicPartition partition(SinkRecord record) {
        return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    }

    private State state(TopicPartition partition) {
        State state = states.get(partition);
        if (state == null) {
            throw new IllegalStateException("Partition '" + partition + "' is not open.");
        }
        return state;
    }

    private ConnectException fenced(TopicPartition partition) {
        return new ConnectException("jdbc.fenced: another task of connector '" + config.connector() + "' has taken '"
                + partition
                + "', and this one writes no more. It starts again by itself; if this goes on, two connectors of the"
                + " same name write to the same schema: give one another name or another 'offsets_table'.");
    }
}
