package io.millrace.connectors.jdbc;

import io.millrace.connectors.common.Version;
import io.millrace.connectors.jdbc.dialect.Failure;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Connect side of a {@link TableWriter}: life cycle, and patience with the database. All calls come from the worker's task thread. The database is
 * first asked in put, where it may be away for a while.
 */
public final class JdbcSinkTask extends SinkTask {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcSinkTask.class);
    private static final Duration FIRST_DELAY = Duration.ofMillis(250);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);
    /** For how long the database may fail until the task does. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Clock clock;
    private @Nullable TableWriter writer;
    private Random jitter = new Random(0);
    private String place = "";
    private int failures;
    private int stale;
    private long failingSince;

    /** As Connect makes it. */
    public JdbcSinkTask() {
        this(Clock.systemUTC());
    }

    JdbcSinkTask(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String version() {
        return Version.VERSION;
    }

    @Override
    public void start(Map<String, String> props) {
        JdbcSinkConfig config = JdbcSinkConfig.of(props);
        // tasks that failed together must not come back together
        jitter = new Random((config.connector() + props.get(JdbcSinkConnector.TASK)).hashCode());
        place = "Sink '" + config.connector() + "' at '"
                + config.login().address().place() + "': ";
        writer = new TableWriter(config, context, clock);
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        writer().open(partitions);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        try {
            writer().put(records);
            if (!records.isEmpty()) {
                failures = 0;
                stale = 0;
            }
        } catch (SQLException e) {
            writer().doubt();
            throw told(e);
        } catch (RuntimeException e) {
            writer().doubt();
            throw e;
        }
    }

    /** The cause is left out: servers repeat values in their messages, and drivers urls. */
    private ConnectException told(SQLException e) {
        LOG.debug("the database failed", e);
        Failure failure = writer().failure(e);
        boolean fatal = failure.kind() == Failure.Kind.FATAL || (failure.kind() == Failure.Kind.STALE && stale++ > 0);
        if (fatal) {
            return new ConnectException(place + failure.text());
        }
        if (failures++ == 0) {
            failingSince = clock.millis();
        }
        Duration failing = Duration.ofMillis(clock.millis() - failingSince);
        if (failing.compareTo(PATIENCE) > 0) {
            return new ConnectException(place + failure.text() + " It fails for " + failing.toMinutes() + " minutes.");
        }
        context.timeout(delay());
        return new RetriableException(place + failure.text());
    }

    /** Doubles from failure to failure; a random half of it is left out. Milliseconds. */
    private long delay() {
        long full = FIRST_DELAY.toMillis() << Math.min(failures - 1, 10);
        long bounded = Math.min(full, LONGEST_DELAY.toMillis());
        return bounded / 2 + (long) (jitter.nextDouble() * bounded / 2);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        return writer().committable(currentOffsets);
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        writer().close(partitions);
    }

    @Override
    public void stop() {
        if (writer != null) {
            writer.close();
        }
    }

    private TableWriter writer() {
        TableWriter started = writer;
        if (started == null) {
            throw new IllegalStateException("The task was not started.");
        }
        return started;
    }
}
