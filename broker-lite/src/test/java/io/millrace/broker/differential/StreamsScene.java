package io.millrace.broker.differential;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The input and output of one application on one broker. Keys and values stay in one partition each, so that the updates of every key come in an
 * order that does not depend on which task is faster.
 */
final class StreamsScene implements AutoCloseable {
    static final int PARTITIONS = 2;
    static final int BATCH = 40;

    /** One time for both brokers: recent, since stores of windows forget what is old. */
    private static final long START = System.currentTimeMillis() / 100_000 * 100_000;

    private static final int KEYS = 3;
    private static final int LATE_EACH = 10;
    private static final long SEED = 42;

    private final Scene scene;
    private final String application;
    private final Random random = new Random(SEED);
    private final KafkaConsumer<String, String> reader;
    private final Map<String, List<String>> updates = new TreeMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private int batches;

    StreamsScene(Scene scene, String application) throws Exception {
        this.scene = scene;
        this.application = application;
        List<TopicPartition> outputs = new ArrayList<>();
        for (String output : StreamsApplication.OUTPUTS) {
            scene.topic(application + "." + output, PARTITIONS);
            IntStream.range(0, PARTITIONS).forEach(p -> outputs.add(new TopicPartition(application + "." + output, p)));
        }
        scene.topic(application + ".in", PARTITIONS);
        scene.topic(application + ".table", PARTITIONS);
        // a fetch that waits holds up the questions behind it
        this.reader = scene.consumer(Map.of("isolation.level", "read_committed", "fetch.max.wait.ms", 20));
        reader.assign(outputs);
    }

    /** The rows that the input is joined with; a key has none. */
    void sendTable() {
        try (KafkaProducer<String, String> producer = scene.producer(Map.of())) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                for (int key = 0; key < KEYS - 1; key++) {
                    producer.send(new ProducerRecord<>(
                            application + ".table", partition, START, key(partition, key), "row" + key));
                }
            }
        }
    }

    /** Sends the next events; some come too late for their window. */
    void sendBatch() {
        long start = START + batches++ * 100_000L;
        try (KafkaProducer<String, String> producer = scene.producer(Map.of())) {
            for (int i = 0; i < BATCH; i++) {
                int partition = i % PARTITIONS;
                boolean late = i % LATE_EACH == LATE_EACH - 1;
                ProducerRecord<String, String> event = new ProducerRecord<>(
                        application + ".in",
                        partition,
                        start + i * 700L - (late ? 40_000 : 0),
                        key(partition, random.nextInt(KEYS)),
                        "v" + partition + "-" + random.nextInt(4));
                event.headers().add("number", String.valueOf(i).getBytes(StandardCharsets.UTF_8));
                producer.send(event);
            }
        }
    }

    private static String key(int partition, int key) {
        return "k" + partition + "-" + key;
    }

    /** Reads until all events are counted and the ends of all outputs are reached. */
    void awaitOutputs(int events) throws Exception {
        await("outputs", () -> application + " " + counts, () -> {
            reader.poll(Duration.ofMillis(20)).forEach(this::keep);
            return counts.getOrDefault("counts", 0) >= events
                    && reader.endOffsets(reader.assignment()).entrySet().stream()
                            .allMatch(end -> reader.position(end.getKey()) >= end.getValue());
        });
    }

    private void keep(ConsumerRecord<String, String> record) {
        String output = record.topic().substring(application.length() + 1);
        counts.merge(output, 1, Integer::sum);
        String key = record.key().replace(String.valueOf(START / 100_000), "T");
        updates.computeIfAbsent(output + "-" + record.partition() + " " + key, k -> new ArrayList<>())
                .add(record.value() + " " + (record.timestamp() - START) + " " + record.timestampType() + " "
                        + record.headers());
    }

    /** Tells all updates since the last time, by output, partition and key. */
    void sayOutputs() {
        scene.say(application + " outputs", new TreeMap<>(counts));
        updates.forEach((key, values) -> scene.say(application + " " + key, values));
        updates.clear();
        counts.clear();
    }

    /** Waits until these instances process all tasks, as many each. */
    void awaitBalance(List<StreamsApplication> instances) throws Exception {
        Supplier<List<TreeSet<String>>> tasks =
                () -> instances.stream().map(StreamsApplication::activeTasks).toList();
        await("balance", () -> application + " " + tasks.get(), () -> {
            List<TreeSet<String>> each = tasks.get();
            int share = 2 * PARTITIONS / instances.size();
            return instances.stream().allMatch(StreamsApplication::running)
                    && each.stream().allMatch(own -> own.size() == share)
                    && each.stream().flatMap(Collection::stream).distinct().count() == 2 * PARTITIONS;
        });
    }

    static void await(String what, Callable<?> present, Callable<Boolean> done) throws Exception {
        long deadline = System.nanoTime() + Scene.PATIENCE.toNanos();
        while (!done.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what + ": " + present.call());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
