package io.millrace.connectors.jdbc;

import io.millrace.connectors.jdbc.Binding.Bound;
import io.millrace.connectors.jdbc.dialect.Dialect;
import io.millrace.connectors.jdbc.dialect.Failure;
import io.millrace.connectors.jdbc.dialect.OriginGuard;
import io.millrace.connectors.jdbc.table.ColumnText;
import io.millrace.connectors.jdbc.table.RowRejected;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records in transactions: offsets first, then rows, then what was rejected, then the dead letters' reports, then the commit. Owned by the task
 * thread.
 *
 * <p>Why nothing is lost or doubled: rows and offset are one transaction, so a crash leaves both or none, and a batch that comes again after a
 * commit whose answer was lost is seen by its offset ({@link Partitions}). Kafka's own offset is committed only for what {@link #put} returned from. A rejected
 * record is in the transaction too, because Kafka's commit of its dead letter may never come ({@link Offsets}).
 */
final class TableWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableWriter.class);

    /** A record and why it can never be written. */
    record Rejection(SinkRecord record, RowRejected error) {}

    private static final class Batch {
        private final List<Bound> rows = new ArrayList<>();
        private final List<Rejection> rejections = new ArrayList<>();
        private final Set<Bound> passedOver = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Map<TopicPartition, Long> next = new HashMap<>();
        private long records;
        private long bytes;
    }

    private final JdbcSinkConfig config;
    private final Dialect dialect;
    private final Drivers drivers;
    private final RecordRows records;
    private final Binding binding;
    private final Tables tables;
    private final Statements statements;
    private final Offsets offsets;
    private final Partitions partitions;
    private final DeadLetters deadLetters;
    private @Nullable Connection connection;

    TableWriter(JdbcSinkConfig config, SinkTaskContext context, Clock clock) {
        this.config = config;
        this.dialect = config.login().address().dialect();
        this.drivers = new Drivers(config.login(), "millrace " + config.connector());
        this.records = new RecordRows(config);
        this.binding = new Binding(new ColumnText(dialect.rules()));
        this.tables = new Tables(config);
        this.statements = new Statements(dialect);
        this.offsets = new Offsets(config, clock);
        this.partitions = new Partitions(config, offsets, context, clock);
        this.deadLetters = new DeadLetters(config, context);
    }

    void open(Collection<TopicPartition> opened) {
        partitions.open(opened);
    }

    void close(Collection<TopicPartition> closed) {
        partitions.close(closed);
    }

    Map<TopicPartition, OffsetAndMetadata> committable(Map<TopicPartition, OffsetAndMetadata> delivered) {
        return partitions.committable(delivered);
    }

    /** Everything written when it returns. After an exception, {@link #doubt} before the next try. */
    void put(Collection<SinkRecord> incoming) throws SQLException {
        if (incoming.isEmpty()) {
            return;
        }
        Connection open = connected();
        open.setAutoCommit(false);
        partitions.prepare(open, incoming);
        List<Rejection> again = new ArrayList<>();
        Batch batch = new Batch();
        for (SinkRecord record : incoming) {
            if (partitions.admits(
                    open, record, (old, message) -> again.add(new Rejection(old, new RowRejected(message))))) {
                add(open, batch, record);
                if (batch.records >= config.batchRows() || batch.bytes >= config.batchBytes()) {
                    write(open, batch);
                    batch = new Batch();
                }
            }
        }
        deadLetters.report(again);
        if (batch.records > 0) {
            write(open, batch);
        }
    }

    private Connection connected() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = drivers.connect();
            connection = open;
            tables.forget();
            if (config.exactlyOnce()) {
                open.setAutoCommit(true);
                offsets.prepare(open, tables.schema(open));
            }
        }
        return open;
    }

    private void add(Connection open, Batch batch, SinkRecord record) throws SQLException {
        batch.records++;
        batch.next.put(Partitions.partition(record), record.originalKafkaOffset() + 1);
        try {
            Row row = records.row(record);
            // Invariant: tables change outside of any transaction with rows.
            open.setAutoCommit(true);
            Optional<Tables.Plan> plan = tables.plan(open, row.shape(), row.operation());
            if (plan.isEmpty()) {
                LOG.debug(
                        "a delete from a table that is not there (connector={}, table={})",
                        config.connector(),
                        row.shape().table());
                return;
            }
            Bound bound = binding.bind(row, plan.get());
            batch.bytes += bound.bytes();
            batch.rows.add(bound);
        } catch (RowRejected e) {
            batch.rejections.add(new Rejection(record, e));
        }
    }

    private void write(Connection open, Batch batch) throws SQLException {
        // Plans may have been made anew while the batch grew; rows bound to a former plan still name columns that are
        // there.
        open.setAutoCommit(false);
        List<Rejection> rejections = new ArrayList<>(batch.rejections);
        try {
            partitions.advance(open, batch.next);
            statements.run(open, batch.rows, batch.passedOver);
            dialect.checkAtOnce(open);
        } catch (SQLException e) {
            if (!isOfRow(e)) {
                throw e;
            }
            open.rollback();
            isolate(open, batch, rejections);
        }
        for (Rejection rejection : rejections) {
            partitions.reject(
                    open, rejection.record(), String.valueOf(rejection.error().getMessage()));
        }
        // Before the commit: without a reporter nothing may pass the record.
        deadLetters.report(rejections);
        open.commit();
        partitions.advanced(batch.next);
        batch.passedOver.forEach(this::tellPassedOver);
    }

    private void tellPassedOver(Bound row) {
        LOG.info(
                "{} (connector={}, table={}, topic={}, partition={}, offset={}, origin={})",
                row.operation() == Row.Operation.DELETE
                        ? "a replayed delete found no row that is not from a later record"
                        : "a replayed record was passed over: the row of its key is from a later one",
                config.connector(),
                row.plan().table().name(),
                row.record().originalTopic(),
                row.record().originalKafkaPartition(),
                row.record().originalKafkaOffset(),
                row.guard().map(OriginGuard::origin).orElse(""));
    }

    private boolean isOfRow(SQLException e) {
        return dialect.classify(e).kind() == Failure.Kind.ROW;
    }

    /** Finds the rows that the database refuses by halves, in the order of the records; leaves a transaction with all others in it. */
    private void isolate(Connection open, Batch batch, List<Rejection> rejections) throws SQLException {
        List<Bound> good = new ArrayList<>();
        partitions.advance(open, batch.next);
        if (dialect.savepoints()) {
            halves(open, batch.rows, rejections, some -> {
                Savepoint before = open.setSavepoint();
                try {
                    statements.run(open, some, batch.passedOver);
                    dialect.checkAtOnce(open);
                } catch (SQLException e) {
                    if (isOfRow(e)) {
                        open.rollback(before);
                    }
                    throw e;
                }
                open.releaseSavepoint(before);
            });
            return;
        }
        halves(open, batch.rows, rejections, some -> {
            open.rollback();
            partitions.advance(open, batch.next);
            statements.run(open, good, batch.passedOver);
            statements.run(open, some, batch.passedOver);
            good.addAll(some);
        });
        open.rollback();
        partitions.advance(open, batch.next);
        statements.run(open, good, batch.passedOver);
    }

    private interface Attempt {
        void run(List<Bound> rows) throws SQLException;
    }

    private void halves(Connection open, List<Bound> rows, List<Rejection> rejections, Attempt attempt)
            throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try {
            attempt.run(rows);
        } catch (SQLException e) {
            Failure failure = dialect.classify(e);
            if (failure.kind() != Failure.Kind.ROW) {
                throw e;
            }
            if (rows.size() == 1) {
                rejections.add(new Rejection(rows.get(0).record(), failure.asRejection()));
                return;
            }
            int middle = rows.size() / 2;
            halves(open, rows.subList(0, middle), rejections, attempt);
            halves(open, rows.subList(middle, rows.size()), rejections, attempt);
        }
    }

    Failure failure(SQLException e) {
        return dialect.classify(e);
    }

    /** Forgets what is not sure any more, the connection among it. */
    void doubt() {
        partitions.doubt();
        tables.forget();
        Connection open = connection;
        connection = null;
        if (open != null) {
            Drivers.closeQuietly(open);
        }
    }

    @Override
    public void close() {
        doubt();
        drivers.close();
    }
}
