package io.millrace.broker.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Follows the committed records of all outputs in a thread of its own, compares them, and measures how long a partition stands still. */
final class Reader implements AutoCloseable {
    private final List<Outputs> outputs;
    private final KafkaConsumer<String, Long> consumer;
    private final Thread thread = new Thread(this::work, "reader of outputs");
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Map<TopicPartition, Progress> progress = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private volatile boolean stopping;
    private boolean flowing = true;
    private long longestStall;
    private String longestStallOf = "";

    /** How far a partition of joined events is, and when it came there. */
    private record Progress(long number, long nanos) {}

    Reader(String bootstrapServers, List<TopicPartition> partitions, List<Outputs> outputs) {
        this.outputs = outputs;
        Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrapServers,
                "isolation.level", "read_committed",
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest",
                "request.timeout.ms", "5000",
                "default.api.timeout.ms", "120000",
                "reconnect.backoff.max.ms", "200"));
        this.consumer = new KafkaConsumer<>(config, new StringDeserializer(), new LongDeserializer());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        partitions.forEach(partition -> positions.put(partition, 0L));
        partitions.stream()
                .filter(partition -> partition.topic().endsWith(".joined"))
                .forEach(partition -> progress.put(partition, new Progress(0, 0)));
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        try (consumer) {
            while (!stopping) {
                for (ConsumerRecord<String, Long> record : consumer.poll(Duration.ofMillis(100))) {
                    if (outputs.stream().noneMatch(each -> each.accept(record))) {
                        throw new AssertionError("nobody's output: " + record);
                    }
                    progress.computeIfPresent(
                            new TopicPartition(record.topic(), record.partition()),
                            (partition, before) -> moved(partition, before, record.value() / Events.RATE_LIMIT));
                }
                consumer.assignment().forEach(partition -> positions.put(partition, consumer.position(partition)));
            }
        } catch (Throwable e) {
            failure.set(e);
        }
    }

    private Progress moved(TopicPartition partition, Progress before, long number) {
        long now = System.nanoTime();
        stalled(partition, before, now);
        return new Progress(number, now);
    }

    private synchronized void stalled(TopicPartition partition, Progress before, long now) {
        // before its first event, an application is starting
        if (flowing && before.number() > 0 && now - before.nanos() > longestStall) {
            longestStall = now - before.nanos();
            longestStallOf = partition + " after event " + before.number();
        }
    }

    /** The number that every partition of every application has passed. */
    long reached() {
        return progress.values().stream().mapToLong(Progress::number).min().orElseThrow();
    }

    /** The longest time that a partition stood still while events came, those that stand still now included. */
    synchronized Duration longestStall() {
        long now = System.nanoTime();
        progress.forEach((partition, each) -> stalled(partition, each, now));
        return Duration.ofNanos(longestStall);
    }

    synchronized String longestStallOf() {
        return longestStallOf;
    }

    /** From now on fewer and fewer events come: standing still is no stall. */
    synchronized void inputEnds() {
        longestStall();
        flowing = false;
    }

    /** Whether all is read up to these ends, which may be of other partitions too. */
    boolean atEnd(Map<TopicPartition, Long> ends) {
        return positions.entrySet().stream().allMatch(each -> each.getValue() >= ends.get(each.getKey()));
    }

    /** How many events the slowest application has processed. */
    long processed() {
        return outputs.stream().mapToLong(Outputs::processed).min().orElseThrow();
    }

    void check() {
        if (failure.get() != null) {
            throw new AssertionError("the outputs cannot be read or are wrong: " + counts(), failure.get());
        }
    }

    List<String> counts() {
        List<String> counts = new ArrayList<>();
        outputs.forEach(each -> counts.add(each.counts()));
        return counts;
    }

    /** Ends the reading, after which its outputs belong to the caller. */
    @Override
    public void close() throws InterruptedException {
        stopping = true;
        if (thread.getState() == Thread.State.NEW) {
            consumer.close();
            return;
        }
        thread.join(TimeUnit.SECONDS.toMillis(130));
        if (thread.isAlive()) {
            throw new AssertionError("the reader of outputs does not end");
        }
    }
}
