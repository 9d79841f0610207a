package io.millrace.connectors.logs;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** Runs tasks as an exactly-once worker does: what a poll gave is in the topic with its offsets, after a commit, or not at all. */
final class FakeWorker {
    final List<SourceRecord> topic = new ArrayList<>();
    private final Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
    private final List<SourceRecord> open = new ArrayList<>();

    /** A task that begins where the committed offsets say. */
    LogsSourceTask start(Map<String, String> config, Clock clock) {
        LogsSourceTask task = new LogsSourceTask(clock, 1);
        task.initialize(new Context(config));
        task.start(config);
        return task;
    }

    /** @return how many records it gave */
    int poll(LogsSourceTask task) throws InterruptedException {
        List<SourceRecord> records = task.poll();
        if (records == null) {
            return 0;
        }
        open.addAll(records);
        return records.size();
    }

    void commit() {
        commitFirst(open.size());
    }

    /** As an at-least-once worker may: only the first records are acknowledged. */
    void commitFirst(int count) {
        for (SourceRecord record : open.subList(0, count)) {
            topic.add(record);
            offsets.put(record.sourcePartition(), record.sourceOffset());
        }
        open.clear();
    }

    void abort() {
        open.clear();
    }

    List<String> lines() {
        return topic.stream()
                .map(record -> new String((byte[]) record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    static String header(SourceRecord record, String name) {
        Header header = record.headers().lastWithName(name);
        return header == null ? null : String.valueOf(header.value());
    }

    private final class Context implements SourceTaskContext {
        private final Map<String, String> config;

        Context(Map<String, String> config) {
            this.config = config;
        }

        @Override
        public Map<String, String> configs() {
            return config;
        }

        @Override
        public OffsetStorageReader offsetStorageReader() {
            return new OffsetStorageReader() {
                @Override
                public <T> Map<String, Object> offset(Map<String, T> partition) {
                    return offsets(List.of(partition)).get(partition);
                }

                @Override
                public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
                    Map<Map<String, T>, Map<String, Object>> answer = new HashMap<>();
                    partitions.forEach(partition -> {
                        Map<String, ?> offset = offsets.get(partition);
                        answer.put(partition, offset == null ? null : new HashMap<>(offset));
                    });
                    return answer;
                }
            };
        }

        @Override
        public PluginMetrics pluginMetrics() {
            throw new UnsupportedOperationException();
        }
    }
}
