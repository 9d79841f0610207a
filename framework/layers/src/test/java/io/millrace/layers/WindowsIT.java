package io.millrace.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.layers.record.RowCodec;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.plugin.discovery.Plugins;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows on a real broker: devices whose records lie in all partitions, and kills while windows are open. */
class WindowsIT {
    private static final String RAW = "raw.iot.readings";
    private static final String MINUTES = "curated.iot.minutes";
    private static final String LATE = "late.iot.curated.minutes";
    private static final String YAML = """
            pipeline: iot
            sources: {iot: {class: example.Source, streams: {readings: events}}}
            contracts: {Reading: {fields: {device: string!, at: timestamp!, n: int64}}}
            streams:
              cleaned.readings: {from: raw.readings, contract: Reading}
              curated.minutes:
                from: cleaned.readings
                steps:
                  - window: {tumbling: 1m, by: [value.device], time: value.at, grace: 30s}
                    aggregate: {readings: count(), total: sum(value.n)}
            sinks: {}
            """;
    private static final Schema READING = SchemaBuilder.struct()
            .field("device", Schema.STRING_SCHEMA)
            .field(
                    "at",
                    SchemaBuilder.int64()
                            .name("io.debezium.time.MicroTimestamp")
                            .version(1)
                            .build())
            .field("n", Schema.OPTIONAL_INT64_SCHEMA)
            .build();
    private static final int PARTITIONS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RowCodec codec = new RowCodec();
    private final PipelinePlan plan = YamlPlans.plan(YAML);
    private final long[] clocks = new long[PARTITIONS];
    private String bootstrap = "";

    @Test
    void windowsAreRightAfterKillsWhileTheyAreOpenAndTheSameWhenMadeAnew(@TempDir Path data, @TempDir Path stateDir)
            throws Exception {
        try (BrokerLite broker = BrokerLite.start(BrokerConfig.in(data));
                Plugins plugins = Plugins.scan(List.of())) {
            bootstrap = broker.bootstrapServers();
            makeTopics();
            LayersConfig config = LayersConfig.of(bootstrap, stateDir);
            Random random = new Random(23);
            for (int round = 0; round < 2; round++) {
                Process layers = LayersProcess.start(config, data.resolve("layers-" + round + ".log"), YAML);
                int already = read(MINUTES).size();
                send(random, 300);
                int wanted = already + 1 + random.nextInt(200);
                await("round " + round + " is under way", () -> read(MINUTES).size() >= wanted);
                layers.destroyForcibly().waitFor();
                send(random, 100);
            }
            Model model = new Model(read(RAW));
            assertThat(model.late).isNotEmpty();
            try (Layers layers = Layers.start(plan, config, plugins)) {
                await("all windows are there", () -> latest().equals(model.table));
                await("all late records are there", () -> late().size() >= model.late.size());
                assertThat(late()).containsExactlyInAnyOrderElementsOf(model.late);
                assertThat(layers.failure()).isEmpty();
            }
            assertThat(read(plan.deadLetterTopic())).isEmpty();

            Layers.reset(plan, config, PATIENCE);
            int before = read(MINUTES).size();
            try (Layers layers = Layers.start(plan, config, plugins)) {
                await(
                        "all is made anew",
                        () -> read(MINUTES).size() >= before + model.accepted
                                && late().size() == 2 * model.late.size());
                assertThat(latest()).isEqualTo(model.table);
            }
        }
    }

    private void makeTopics() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            List<NewTopic> topics = new ArrayList<>();
            plan.topics().forEach(topic -> topics.add(new NewTopic(topic.name(), topic.partitions(), (short) 1)));
            topics.removeIf(topic -> topic.name().equals(RAW));
            topics.add(new NewTopic(RAW, PARTITIONS, (short) 1));
            admin.createTopics(topics).all().get();
        }
    }

    /** To all partitions, whose event times go on at different speeds. */
    private void send(Random random, int count) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                int partition = random.nextInt(PARTITIONS);
                clocks[partition] += random.nextInt(5_000_000) * (partition + 1L);
                long at = clocks[partition] - (random.nextInt(5) == 0 ? random.nextInt(300_000_000) : 0);
                Struct row = new Struct(READING)
                        .put("device", "d" + random.nextInt(4))
                        .put("at", 1_594_512_000_000_000L + at)
                        .put("n", (long) random.nextInt(100));
                producer.send(new ProducerRecord<>(RAW, partition, null, codec.write(READING, row)));
            }
        }
    }

    /** What the raw topic's partitions make, each in its order. */
    private final class Model {
        final Map<String, String> table = new TreeMap<>();
        final List<String> late = new ArrayList<>();
        int accepted;

        Model(List<ConsumerRecord<byte[], byte[]>> raw) {
            Map<String, Long> marks = new HashMap<>();
            Map<String, long[]> windows = new TreeMap<>();
            for (ConsumerRecord<byte[], byte[]> record : raw) {
                Struct row = (Struct) codec.read(record.value()).value();
                String device = row.getString("device");
                long at = row.getInt64("at");
                long start = Math.floorDiv(at, 60_000_000L) * 60_000_000L;
                String mark = device + record.partition();
                if (start + 90_000_000L <= marks.getOrDefault(mark, Long.MIN_VALUE)) {
                    late.add(RAW + "-" + record.partition() + "@" + record.offset());
                } else {
                    long[] window = windows.computeIfAbsent(
                            "{\"device\":\"" + device + "\",\"window_start\":" + start + "}", name -> new long[2]);
                    window[0]++;
                    window[1] += row.getInt64("n");
                    accepted++;
                }
                marks.merge(mark, at, Math::max);
            }
            windows.forEach((key, window) -> table.put(key, window[0] + " " + window[1]));
        }
    }

    private Map<String, String> latest() {
        Map<String, String> latest = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : read(MINUTES)) {
            Struct row = (Struct) codec.read(record.value()).value();
            latest.put(text(record.key()), row.getInt64("readings") + " " + row.getInt64("total"));
        }
        return latest;
    }

    private List<String> late() {
        return read(LATE).stream()
                .map(record ->
                        text(record.headers().lastHeader("millrace.origin").value()))
                .toList();
    }

    /** All committed records of a topic, those of a partition in its order. */
    private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
