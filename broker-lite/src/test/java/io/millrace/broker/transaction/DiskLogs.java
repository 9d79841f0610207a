package io.millrace.broker.transaction;

import io.millrace.broker.storage.Logs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/** Kafka's own logs in a folder, with a metadata of sorts, that can be killed and can fail. */
final class DiskLogs implements Logs {
    /** What may go wrong with an append; each method may throw what {@link Logs#append} throws. */
    interface Fate {
        Fate KIND = new Fate() {};

        default void before(TopicPartition partition, MemoryRecords records) {}

        /** The records are in the log; what is thrown now makes the append look failed. */
        default void after(TopicPartition partition, MemoryRecords records) {}

        /** Whether the log takes the records, but loses them: a broker that lies, to see whether a test finds it out. */
        default boolean lose(TopicPartition partition, MemoryRecords records) {
            return false;
        }
    }

    private static final BrokerTopicStats STATS = new BrokerTopicStats();

    private final Path folder;
    private final VirtualTime time;
    private final Map<TopicPartition, Uuid> known =
            new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
    private final Map<TopicPartition, UnifiedLog> open = new HashMap<>();
    private Fate fate = Fate.KIND;

    DiskLogs(Path folder, VirtualTime time) {
        this.folder = folder;
        this.time = time;
    }

    void fate(Fate fate) {
        this.fate = fate;
    }

    void create(String topic, int partitions) {
        for (int i = 0; i < partitions; i++) {
            known.put(new TopicPartition(topic, i), new Uuid(7, time.nanoseconds() + known.size() + 1));
        }
    }

    void delete(String topic) {
        for (TopicPartition partition : Set.copyOf(known.keySet())) {
            if (partition.topic().equals(topic)) {
                known.remove(partition);
                UnifiedLog log = open.remove(partition);
                if (log != null) {
                    log.delete();
                } else {
                    remove(folder.resolve(partition.toString()));
                }
            }
        }
    }

    private static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean known(TopicPartition partition) {
        return known.containsKey(partition);
    }

    Uuid id(TopicPartition partition) {
        return known.get(partition);
    }

    Set<TopicPartition> partitions() {
        return Set.copyOf(known.keySet());
    }

    /** As after a kill: nothing is written any more, the files stay as they are. */
    void kill() {
        open.values().forEach(UnifiedLog::closeHandlers);
        open.clear();
    }

    @Override
    public UnifiedLog log(TopicPartition partition) {
        Uuid id = known.get(partition);
        if (id == null) {
            throw new UnknownTopicOrPartitionException(partition + " is unknown");
        }
        return open.computeIfAbsent(partition, unopened -> open(partition, id));
    }

    private UnifiedLog open(TopicPartition partition, Uuid id) {
        try {
            LogConfig config = new LogConfig(Map.of(TopicConfig.SEGMENT_INDEX_BYTES_CONFIG, 4096));
            UnifiedLog log = UnifiedLog.create(
                    folder.resolve(partition.toString()).toFile(),
                    config,
                    0,
                    0,
                    new VirtualScheduler(time),
                    STATS,
                    time,
                    900_000,
                    new ProducerStateManagerConfig(86_400_000, true),
                    600_000,
                    new LogDirFailureChannel(1),
                    false,
                    Optional.of(id));
            log.updateHighWatermark(log.logEndOffset());
            return log;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<UnifiedLog> openLog(TopicPartition partition) {
        return Optional.ofNullable(open.get(partition));
    }

    @Override
    public boolean recovers(TopicPartition partition) {
        return false;
    }

    @Override
    public boolean ready(TopicPartition partition) {
        return open.containsKey(partition);
    }

    @Override
    public boolean untouched(TopicPartition partition) {
        return known(partition) && !ready(partition) && !Files.exists(folder.resolve(partition.toString()));
    }

    @Override
    public LogAppendInfo append(
            TopicIdPartition id,
            MemoryRecords records,
            AppendOrigin origin,
            VerificationGuard guard,
            short transactionVersion,
            RequestLocal local) {
        TopicPartition partition = id.topicPartition();
        fate.before(partition, records);
        UnifiedLog log = log(partition);
        if (fate.lose(partition, records)) {
            return LogAppendInfo.UNKNOWN_LOG_APPEND_INFO;
        }
        try {
            LogAppendInfo info = log.appendAsLeader(records, 0, origin, local, guard, transactionVersion);
            log.updateHighWatermark(log.logEndOffset());
            fate.after(partition, records);
            return info;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void listen(Moved listener) {
        throw new UnsupportedOperationException("nothing listens here");
    }
}
