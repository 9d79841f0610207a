package io.millrace.connectors.common;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Runs a sink task as Connect's contract says (reference items 46 to 58): open, put, the same batch again after a RetriableException,
 * preCommit before close, committed offsets survive a crash and nothing else does.
 */
public final class FakeSinkWorker implements SinkTaskContext {
    /** What is on the topics, by the place where it stands. */
    public final Map<TopicPartition, TreeMap<Long, SinkRecord>> log = new LinkedHashMap<>();

    public final Map<TopicPartition, Long> committed = new HashMap<>();
    /** Those committed, in one transaction with an offset past their record. */
    public final List<SinkRecord> deadLetters = new ArrayList<>();
    /** Why, of all that were ever reported. */
    public final List<String> errors = new ArrayList<>();
    /** What the task threw last, to be asked for the batch again. */
    public String lastRetry = "";

    public boolean hasReporter = true;
    public boolean commitRequested;
    /** The pause that the task asked for last, milliseconds. */
    public long timeout;

    public int rewindsAskedFor;

    private final Supplier<? extends SinkTask> tasks;
    private Map<String, String> props = Map.of();
    private SinkTask task;
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<TopicPartition, Long> consumed = new HashMap<>();
    private final Map<TopicPartition, Long> rewinds = new HashMap<>();
    /** Reported in the current put; forgotten when it is tried again. */
    private final List<SinkRecord> reports = new ArrayList<>();
    /** Reported and not committed yet. */
    private final Map<TopicPartition, TreeMap<Long, SinkRecord>> held = new HashMap<>();

    private List<SinkRecord> undelivered = List.of();

    /** @param tasks makes one for each start */
    public FakeSinkWorker(Supplier<? extends SinkTask> tasks) {
        this.tasks = tasks;
    }

    /** Appends a record to its topic. */
    public void append(SinkRecord record) {
        log.computeIfAbsent(partition(record), any -> new TreeMap<>()).put(record.originalKafkaOffset(), record);
    }

    public void start(Map<String, String> config) {
        props = config;
        task = tasks.get();
        task.initialize(this);
        task.start(config);
        assign(log.keySet());
    }

    public void assign(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            assigned.add(partition);
            positions.put(partition, committed.getOrDefault(partition, 0L));
            consumed.put(partition, positions.get(partition));
        }
        task.open(partitions);
    }

    /** Commits, closes and takes away partitions. */
    public void revoke(Collection<TopicPartition> partitions) {
        flush(partitions);
        commit();
        task.close(partitions);
        for (TopicPartition partition : partitions) {
            assigned.remove(partition);
            consumed.remove(partition);
            rewinds.remove(partition);
            held.remove(partition);
        }
        undelivered = undelivered.stream()
                .filter(record -> assigned.contains(partition(record)))
                .toList();
    }

    /** Whether the next poll goes back, as the task has asked, or delivers the same batch again. */
    public boolean redelivers() {
        return !rewinds.isEmpty() || !undelivered.isEmpty();
    }

    /** What the worker does when preCommit threw: back to the committed offsets, nothing is closed. */
    public void rewindToCommitted() {
        undelivered = List.of();
        held.clear();
        for (TopicPartition partition : assigned) {
            positions.put(partition, committed.getOrDefault(partition, 0L));
            consumed.put(partition, positions.get(partition));
        }
    }

    /** One round: commit when asked for, then up to so many records of each partition. False when the task wants the batch again. */
    public boolean poll(int most) {
        if (commitRequested) {
            commit();
        }
        rewinds.forEach((partition, offset) -> {
            // Millrace's worker commits a way back before it goes it.
            committed.computeIfPresent(partition, (any, before) -> Math.min(before, offset));
            positions.put(partition, offset);
            consumed.put(partition, offset);
            held.computeIfAbsent(partition, any -> new TreeMap<>())
                    .tailMap(offset)
                    .clear();
        });
        rewinds.clear();
        List<SinkRecord> batch = undelivered.isEmpty() ? fetch(most) : undelivered;
        undelivered = batch;
        reports.clear();
        try {
            task.put(new ArrayList<>(batch));
        } catch (RetriableException e) {
            lastRetry = e.getMessage();
            return false;
        }
        undelivered = List.of();
        reports.forEach(record -> held.computeIfAbsent(partition(record), any -> new TreeMap<>())
                .put(record.originalKafkaOffset(), record));
        batch.forEach(record -> consumed.put(partition(record), record.originalKafkaOffset() + 1));
        return true;
    }

    private List<SinkRecord> fetch(int most) {
        List<SinkRecord> batch = new ArrayList<>();
        for (TopicPartition partition : assigned) {
            var records = log.get(partition).tailMap(positions.get(partition)).values().stream()
                    .limit(most)
                    .toList();
            batch.addAll(records);
            if (!records.isEmpty()) {
                positions.put(partition, records.get(records.size() - 1).originalKafkaOffset() + 1);
            }
        }
        return batch;
    }

    public void commit() {
        commitRequested = false;
        task.preCommit(current(consumed.keySet())).forEach((partition, offset) -> {
            if (offset.offset() > consumed.get(partition)) {
                throw new AssertionError(partition + ": " + offset.offset() + " was not consumed yet");
            }
            if (offset.offset() < committed.getOrDefault(partition, 0L)) {
                throw new AssertionError(partition + ": " + offset.offset() + " is before what is committed");
            }
            committed.put(partition, offset.offset());
            Map<Long, SinkRecord> letters =
                    held.computeIfAbsent(partition, any -> new TreeMap<>()).headMap(offset.offset());
            deadLetters.addAll(letters.values());
            letters.clear();
        });
    }

    /** The process is gone: neither preCommit nor close. */
    public void crash() {
        task.stop();
        assigned.clear();
        consumed.clear();
        held.clear();
        rewinds.clear();
        undelivered = List.of();
        commitRequested = false;
    }

    /** A stop of Millrace's worker. */
    public void stop() {
        flush(assigned);
        commit();
        task.close(assigned);
        crash();
    }

    /** A stop of Kafka Connect's worker, which never flushes. */
    public void stopWithoutFlush() {
        commit();
        task.close(assigned);
        crash();
    }

    private void flush(Collection<TopicPartition> partitions) {
        try {
            task.flush(current(partitions));
        } catch (RetriableException e) {
            // what is not in the target is read again
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> current(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> current = new HashMap<>();
        partitions.forEach(partition -> current.put(partition, new OffsetAndMetadata(consumed.get(partition))));
        return current;
    }

    public boolean drained() {
        return undelivered.isEmpty()
                && rewinds.isEmpty()
                && log.entrySet().stream()
                        .allMatch(topic -> positions.getOrDefault(topic.getKey(), 0L)
                                > topic.getValue().lastKey());
    }

    private static TopicPartition partition(SinkRecord record) {
        return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    }

    @Override
    public Map<String, String> configs() {
        return props;
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        rewinds.putAll(offsets);
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
        rewinds.put(partition, offset);
        rewindsAskedFor++;
    }

    @Override
    public void timeout(long timeoutMs) {
        timeout = timeoutMs;
    }

    @Override
    public Set<TopicPartition> assignment() {
        return assigned;
    }

    @Override
    public void pause(TopicPartition... partitions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resume(TopicPartition... partitions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void requestCommit() {
        commitRequested = true;
    }

    @Override
    public ErrantRecordReporter errantRecordReporter() {
        return hasReporter
                ? (record, error) -> {
                    reports.add(record);
                    errors.add(error.getMessage());
                    return CompletableFuture.completedFuture(null);
                }
                : null;
    }

    @Override
    public PluginMetrics pluginMetrics() {
        throw new UnsupportedOperationException();
    }
}
