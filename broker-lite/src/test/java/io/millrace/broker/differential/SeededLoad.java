package io.millrace.broker.differential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** Requests that a seed decides, one after the other, each a batch of its own; and the upkeep that follows from them. */
final class SeededLoad {
    static final String TRANSACTIONAL = "transactional";

    private static final String PLAIN = "plain";
    private static final String IDEMPOTENT = "idempotent";
    private static final String STAMPED = "stamped-by-the-broker";
    private static final String COMPACTED = "compacted";
    private static final String CUT = "cut";
    private static final String GROUP = "group";
    private static final int ROUNDS = 25;
    private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();
    private static final long TIMESTAMP = 1_700_000_000_000L;
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    /** Small segments with many index entries. */
    private static final Map<String, String> SMALL =
            Map.of("internal.segment.bytes", "3000", "index.interval.bytes", "200", "file.delete.delay.ms", "10");

    private final Scene scene;
    private final Path folder;
    private final Random random;
    private long sent;

    SeededLoad(String bootstrapServers, Path folder, long seed) {
        this.scene = new Scene(bootstrapServers);
        this.folder = folder;
        this.random = new Random(seed);
    }

    void play() throws Exception {
        for (String topic : List.of(PLAIN, IDEMPOTENT, TRANSACTIONAL, COMPACTED, CUT)) {
            scene.topic(topic, 2, SMALL);
        }
        scene.topic(STAMPED, 2, Map.of("message.timestamp.type", "LogAppendTime"));
        for (String codec : CODECS) {
            for (String topic : List.of(PLAIN, COMPACTED, CUT, STAMPED)) {
                write(topic, codec, false);
            }
            write(IDEMPOTENT, codec, true);
        }
        transact();
        commit();
        joinAndLeave("classic");
        joinAndLeave("consumer");
        deleteRecords();
        compact();
    }

    private void write(String topic, String codec, boolean idempotent) throws Exception {
        try (KafkaProducer<String, String> producer =
                producer(Map.of("compression.type", codec, "enable.idempotence", Boolean.toString(idempotent)))) {
            for (int round = 0; round < ROUNDS; round++) {
                batch(producer, topic);
            }
        }
    }

    private KafkaProducer<String, String> producer(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(Map.of("linger.ms", 20_000, "acks", "all"));
        config.putAll(more);
        return scene.producer(config);
    }

    /** Lingers until it is flushed, so it is one batch. */
    private void batch(KafkaProducer<String, String> producer, String topic) throws Exception {
        int partition = random.nextInt(2);
        int count = 1 + random.nextInt(8);
        List<Future<RecordMetadata>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // none in one compacted partition, where a tombstone's batch would get the time at which it may go
            boolean deleted = random.nextInt(10) == 0 && !(topic.equals(COMPACTED) && partition == 0);
            String value = deleted ? null : "v".repeat(random.nextInt(40)) + random.nextLong();
            // not always later than the last one
            long timestamp = TIMESTAMP + sent++ * 10 - random.nextInt(30);
            answers.add(
                    producer.send(new ProducerRecord<>(topic, partition, timestamp, "k" + random.nextInt(20), value)));
        }
        producer.flush();
        for (Future<RecordMetadata> answer : answers) {
            answer.get(Scene.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void transact() throws Exception {
        for (String id : List.of("a", "b")) {
            try (KafkaProducer<String, String> producer =
                    producer(Map.of("transactional.id", id, "compression.type", CODECS.get(random.nextInt(5))))) {
                producer.initTransactions();
                for (int round = 0; round < ROUNDS; round++) {
                    producer.beginTransaction();
                    int batches = 1 + random.nextInt(3);
                    for (int i = 0; i < batches; i++) {
                        batch(producer, TRANSACTIONAL);
                    }
                    if (random.nextInt(4) == 0) {
                        producer.sendOffsetsToTransaction(
                                Map.of(new TopicPartition(TRANSACTIONAL, 0), new OffsetAndMetadata(round, "note")),
                                new ConsumerGroupMetadata(GROUP));
                    }
                    if (random.nextInt(3) == 0) {
                        producer.abortTransaction();
                    } else {
                        producer.commitTransaction();
                    }
                }
            }
        }
    }

    private void commit() {
        try (KafkaConsumer<String, String> consumer = scene.consumer(Map.of("group.id", GROUP))) {
            for (int i = 0; i < 5; i++) {
                consumer.commitSync(
                        Map.of(
                                new TopicPartition(PLAIN, random.nextInt(2)),
                                new OffsetAndMetadata(random.nextInt(50), "note " + i)),
                        Scene.PATIENCE);
            }
        }
    }

    private void joinAndLeave(String protocol) {
        String group = "members-" + protocol;
        try (KafkaConsumer<String, String> consumer =
                scene.consumer(Map.of("group.id", group, "group.protocol", protocol, "client.id", group))) {
            consumer.subscribe(List.of(PLAIN));
            scene.pollUntil(
                    consumer, new ArrayList<>(), () -> consumer.assignment().size() == 2);
            consumer.commitSync(Map.of(new TopicPartition(PLAIN, 0), new OffsetAndMetadata(1)), Scene.PATIENCE);
        }
    }

    /** The segments below stay until the first round of retention, half a minute after the start. */
    private void deleteRecords() throws Exception {
        TopicPartition partition = new TopicPartition(CUT, 0);
        List<Long> bases = bases(partition);
        long before = bases.get(bases.size() / 2) + 1;
        try (Admin admin = scene.admin()) {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
                    .all()
                    .get(Scene.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** Only now, so that the cleaner comes once, to all that there is. */
    private void compact() throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, COMPACTED);
        Collection<AlterConfigOp> ops = Stream.of(
                        new ConfigEntry("cleanup.policy", "compact"),
                        new ConfigEntry("min.cleanable.dirty.ratio", "0.01"))
                .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
                .toList();
        try (Admin admin = scene.admin()) {
            admin.incrementalAlterConfigs(Map.of(topic, ops)).all().get(Scene.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        for (int i = 0; i < 2; i++) {
            TopicPartition partition = new TopicPartition(COMPACTED, i);
            List<Long> bases = bases(partition);
            String line = COMPACTED + " " + i + " " + bases.get(bases.size() - 1);
            Path checkpoint = folder.resolve("cleaner-offset-checkpoint");
            await(
                    "'" + line + "' is in the cleaner's checkpoint",
                    partition,
                    () -> Files.exists(checkpoint)
                            && Files.readAllLines(checkpoint).contains(line)
                            && clean(partition));
        }
    }

    private List<Long> bases(TopicPartition partition) throws IOException {
        return names(partition).stream()
                .filter(name -> name.endsWith(".log"))
                .map(name -> Long.parseLong(name.replace(".log", "")))
                .toList();
    }

    private List<String> names(TopicPartition partition) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(partition.toString()))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Nothing waits there for its end. */
    private boolean clean(TopicPartition partition) throws IOException {
        return names(partition).stream().noneMatch(name -> name.matches(".*\\.(deleted|cleaned|swap)"));
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(String what, TopicPartition partition, Condition condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain until " + what + "; there are " + names(partition));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
