package io.millrace.worker.probe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** What the probe connectors of one connector name do and did. */
public final class Probe {
    private static final Map<String, Probe> ALL = new ConcurrentHashMap<>();

    /** One call, and where it was made. */
    public record Call(String what, String thread, ClassLoader loader) {}

    /** What preCommit answers. */
    public interface PreCommit {
        Map<TopicPartition, OffsetAndMetadata> answer(Map<TopicPartition, OffsetAndMetadata> offered);
    }

    private final List<Call> calls = new ArrayList<>();
    private final List<SinkRecord> put = new ArrayList<>();
    public volatile Runnable onPoll = () -> {};
    public volatile Consumer<Long> onTransform = n -> {};
    public volatile Consumer<Object> onValue = value -> {};
    public volatile Runnable onStart = () -> {};
    public volatile Consumer<Collection<SinkRecord>> onPut = records -> {};
    public volatile Consumer<Map<TopicPartition, OffsetAndMetadata>> onFlush = offered -> {};
    public volatile PreCommit onPreCommit = offered -> offered;
    public volatile Function<Collection<TopicPartition>, Map<TopicPartition, Long>> onOpen = partitions -> Map.of();
    public volatile int tasks = 1;
    public volatile SinkTaskContext sinkContext;
    public volatile ConnectorContext connectorContext;

    public static Probe of(String connector) {
        return ALL.computeIfAbsent(connector, name -> new Probe());
    }

    public synchronized void called(String what) {
        calls.add(new Call(
                what, Thread.currentThread().getName(), Thread.currentThread().getContextClassLoader()));
    }

    public synchronized List<Call> calls() {
        return new ArrayList<>(calls);
    }

    /** The calls' names without repetitions next to each other. */
    public synchronized List<String> story() {
        List<String> story = new ArrayList<>();
        for (Call call : calls) {
            if (story.isEmpty() || !story.get(story.size() - 1).equals(call.what())) {
                story.add(call.what());
            }
        }
        return story;
    }

    synchronized void accepted(Collection<SinkRecord> records) {
        put.addAll(records);
    }

    public synchronized List<SinkRecord> accepted() {
        return new ArrayList<>(put);
    }

    static Map<String, String> forTask(Map<String, String> config, int task) {
        Map<String, String> copy = new HashMap<>(config);
        copy.put("probe.task", Integer.toString(task));
        // Connect allows it.
        copy.put("probe.nothing", null);
        return copy;
    }
}
