package io.millrace.connectors.s3;

import io.millrace.connectors.common.Version;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;

/**
 * The Connect side of a {@link LakeWriter}: life cycle, and patience with S3. All calls come from the worker's task thread.
 *
 * <p>Millrace's worker calls {@link #flush} before the last {@link #preCommit} of partitions that it gives back, so that a clean stop leaves
 * nothing for later. Kafka Connect calls it never: there a stop is like a kill, and what is in open files is read again.
 */
public final class S3ParquetSinkTask extends SinkTask {
    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);
    /** For how long S3 may fail until the task does. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Function<S3ParquetSinkConfig, ObjectStore> stores;
    private final Clock clock;

    private @Nullable ObjectStore store;
    private @Nullable TempFolder temp;
    private @Nullable LakeWriter lake;
    private Random jitter = new Random(0);
    private int failures;
    private long failingSince;

    /** As Connect makes it. */
    public S3ParquetSinkTask() {
        this(config -> S3ObjectStore.open(config.location()), Clock.systemUTC());
    }

    S3ParquetSinkTask(Function<S3ParquetSinkConfig, ObjectStore> stores, Clock clock) {
        this.stores = stores;
        this.clock = clock;
    }

    @Override
    public String version() {
        return Version.VERSION;
    }

    @Override
    public void start(Map<String, String> props) {
        S3ParquetSinkConfig config = S3ParquetSinkConfig.of(props);
        // tasks that failed together must not come back together
        jitter = new Random((config.connector() + props.get(S3ParquetSinkConnector.TASK)).hashCode());
        TempFolder folder = TempFolder.create(config.tempDir(), clock);
        temp = folder;
        ObjectStore opened = stores.apply(config);
        store = opened;
        lake = new LakeWriter(config, opened, folder, clock, context);
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        lake().open(partitions);
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        try {
            lake().put(records);
            failures = 0;
        } catch (RetriableException e) {
            if (failures == 0) {
                failingSince = clock.millis();
            }
            failures++;
            Duration failing = Duration.ofMillis(clock.millis() - failingSince);
            if (failing.compareTo(PATIENCE) > 0) {
                throw new ConnectException(e.getMessage() + " It fails for " + failing.toMinutes() + " minutes.", e);
            }
            context.timeout(delay());
            throw e;
        }
    }

    /** Doubles from failure to failure; a random half of it is left out. Milliseconds. */
    private long delay() {
        long full = FIRST_DELAY.toMillis() << Math.min(failures - 1, 10);
        long bounded = Math.min(full, LONGEST_DELAY.toMillis());
        return bounded / 2 + (long) (jitter.nextDouble() * bounded / 2);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        // While S3 fails, put tries it again after its pauses; a commit comes every second.
        return lake().committable(currentOffsets, failures == 0);
    }

    /** Completes all open files of these partitions; {@link #preCommit} then answers the offsets after them. */
    @Override
    public void flush(Map<TopicPartition, OffsetAndMetadata> currentOffsets) {
        if (failures == 0) {
            // A stop does not wait for an S3 that is away: what is not in it is read again.
            lake().flush(currentOffsets.keySet());
        }
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        lake().close(partitions);
    }

    @Override
    public void stop() {
        try {
            if (lake != null) {
                lake.close();
            }
            if (temp != null) {
                temp.close();
            }
        } finally {
            if (store != null) {
                store.close();
            }
        }
    }

    private LakeWriter lake() {
        LakeWriter started = lake;
        if (started == null) {
            throw new IllegalStateException("The task was not started.");
        }
        return started;
    }
}
