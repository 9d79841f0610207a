package io.millrace.connectors.jdbc;

import io.millrace.connectors.jdbc.dialect.Dialect;
import io.millrace.connectors.jdbc.table.ColumnType;
import io.millrace.connectors.jdbc.table.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offsets that the database itself holds, written in the transaction of the rows that they count. {@code offset} is the next one to write; -1 before
 * the first.
 *
 * <p>Fencing: each task that takes a partition raises its {@code generation}. A task changes the offset only under the generation that it raised, as
 * the first statement of its transaction. So a task that lost the partition without knowing finds no row and writes nothing; and the update holds the
 * row's lock until the commit, so that the next owner reads the offset either before or after a transaction, never beside one.
 *
 * <p>The second table holds what became a dead letter: the worker keeps dead letters in memory until Kafka's own commit, and that may never come after the
 * offset here has passed them. They are then reported again from here. Rows are removed when the partition is next taken and Kafka is past them.
 */
final class Offsets {
    private static final Logger LOG = LoggerFactory.getLogger(Offsets.class);
    private static final int LONGEST_MESSAGE = 1_000;

    /**
     * What the database knows of a partition.
     *
     * @param next the offset that is to be written next; -1 before the first
     * @param updated when that was said, milliseconds since 1970 of the clock of the task that said it
     */
    record Position(long generation, long next, long updated) {}

    private final JdbcSinkConfig config;
    private final Dialect dialect;
    private final Clock clock;
    private String offsets = "";
    private String rejected = "";

    Offsets(JdbcSinkConfig config, Clock clock) {
        this.config = config;
        this.dialect = config.login().address().dialect();
        this.clock = clock;
    }

    /** Makes the tables where they are missing; in autocommit. */
    void prepare(Connection connection, String schema) throws SQLException {
        offsets = dialect.qualified(schema, config.offsetsTable());
        String rejectedName = config.offsetsTable() + "_rejected";
        rejected = dialect.qualified(schema, rejectedName);
        create(
                connection,
                schema,
                config.offsetsTable(),
                offsets,
                "generation BIGINT NOT NULL, updated_at BIGINT NOT NULL");
        create(connection, schema, rejectedName, rejected, "message VARCHAR(4000) NOT NULL");
    }

    private void create(Connection connection, String schema, String name, String qualified, String more)
            throws SQLException {
        if (dialect.read(connection, schema, name).isPresent()) {
            return;
        }
        String text = dialect.sqlType(connection, ColumnType.of(Kind.TEXT), true);
        boolean ofOffsets = name.equals(config.offsetsTable());
        String sql = "CREATE TABLE " + qualified + " (connector " + text + " NOT NULL, topic " + text + " NOT NULL, "
                + partition() + " INTEGER NOT NULL, " + offset() + " BIGINT NOT NULL, " + more
                + ", PRIMARY KEY (connector, topic, " + partition() + (ofOffsets ? "" : ", " + offset()) + "))";
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            LOG.info("table created (connector={}, statement={})", config.connector(), sql);
        } catch (SQLException e) {
            // Another task may have been first.
            if (connection.isClosed() || dialect.read(connection, schema, name).isEmpty()) {
                throw e;
            }
        }
    }

    /** Takes a partition for the caller; all who had it before are fenced. The caller commits. */
    Position claim(Connection connection, TopicPartition partition) throws SQLException {
        String insert = dialect.insertIfAbsent(
                offsets, List.of("connector", "topic", partition(), offset(), "generation", "updated_at"));
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            name(statement, 1, partition);
            statement.setLong(4, -1);
            statement.setLong(5, 0);
            statement.setLong(6, clock.millis());
            statement.executeUpdate();
        }
        try (PreparedStatement statement =
                connection.prepareStatement("UPDATE " + offsets + " SET generation = generation + 1" + where())) {
            name(statement, 1, partition);
            statement.executeUpdate();
        }
        return read(connection, partition)
                .orElseThrow(() -> new RetriableException("jdbc.offsets: the row of '" + partition
                        + "' is gone from table '" + config.offsetsTable() + "'."));
    }

    Optional<Position> read(Connection connection, TopicPartition partition) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT generation, " + offset() + ", updated_at FROM " + offsets + where())) {
            name(statement, 1, partition);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? Optional.of(new Position(rows.getLong(1), rows.getLong(2), rows.getLong(3)))
                        : Optional.empty();
            }
        }
    }

    /**
     * Moves the offset on.
     *
     * @return false when the partition is no more at this position under this generation
     */
    boolean advance(Connection connection, TopicPartition partition, Position from, long next) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("UPDATE " + offsets + " SET " + offset()
                + " = ?, updated_at = ?" + where() + " AND generation = ? AND " + offset() + " = ?")) {
            statement.setLong(1, next);
            statement.setLong(2, clock.millis());
            name(statement, 3, partition);
            statement.setLong(6, from.generation());
            statement.setLong(7, from.next());
            return statement.executeUpdate() == 1;
        }
    }

    void reject(Connection connection, TopicPartition partition, long offset, String message) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                dialect.insertIfAbsent(rejected, List.of("connector", "topic", partition(), offset(), "message")))) {
            name(statement, 1, partition);
            statement.setLong(4, offset);
            statement.setString(5, message.substring(0, Math.min(LONGEST_MESSAGE, message.length())));
            statement.executeUpdate();
        }
    }

    /** Why records became dead letters, by their offset. */
    Map<Long, String> rejected(Connection connection, TopicPartition partition) throws SQLException {
        Map<Long, String> messages = new TreeMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT " + offset() + ", message FROM " + rejected + where())) {
            name(statement, 1, partition);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    messages.put(rows.getLong(1), rows.getString(2));
                }
            }
        }
        return messages;
    }

    /** Kafka is past these: their dead letters were committed with its offset. */
    void forgetRejected(Connection connection, TopicPartition partition, long before) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM " + rejected + where() + " AND " + offset() + " < ?")) {
            name(statement, 1, partition);
            statement.setLong(4, before);
            statement.executeUpdate();
        }
    }

    private void name(PreparedStatement statement, int first, TopicPartition partition) throws SQLException {
        statement.setString(first, config.connector());
        statement.setString(first + 1, partition.topic());
        statement.setInt(first + 2, partition.partition());
    }

    private String where() {
        return " WHERE connector = ? AND topic = ? AND " + partition() + " = ?";
    }

    private String partition() {
        return dialect.quote("partition");
    }

    private String offset() {
        return dialect.quote("offset");
    }
}
