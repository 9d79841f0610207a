package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.layers.Layers;
import io.millrace.layers.LayersConfig;
import io.millrace.layers.StreamStatus;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.plugin.discovery.Plugins;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events on a real broker: three partitions, repartitioned, and what is remembered and held over a restart. */
class EventLayersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String OUT = "enriched.iot.readings";
    private static final int EVENTS = 60;
    private static final PipelinePlan PLAN = YamlPlan.of("""
            pipeline: iot
            sources:
              plain: {class: x.Source, config: {}, streams: {readings: events, devices: table}}
            contracts:
              Reading: {key: device, fields: {device: string!, n: int64, celsius: double}}
              Device: {key: id, fields: {id: string!, room: string}}
            sinks: {}
            streams:
              cleaned.devices: {from: raw.devices, contract: Device}
              cleaned.readings: {from: raw.readings, contract: Reading, steps: [{dedupe: {by: [value.device, value.n], within: 1h}}]}
              enriched.readings: {from: cleaned.readings, steps: [{lookup: {table: cleaned.devices, on: value.device, as: at, missing: wait 10m}}, {set: {room: value.at.room}}, {keep: [n, room]}]}
            """);

    @TempDir
    Path folder;

    @Test
    void whatWasSeenAndWhatWaitsOutlivesTheProcess() throws Exception {
        try (BrokerLite broker = BrokerLite.start(BrokerConfig.in(folder.resolve("broker")));
                Plugins plugins = Plugins.scan(List.of());
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            makeTopics(broker);
            LayersConfig config = LayersConfig.of(broker.bootstrapServers(), folder.resolve("state"));
            try (Layers layers = Layers.start(PLAN, config, plugins)) {
                sendReadings(producer, 0);
                await("all are held", () -> status(layers, 1).held() == EVENTS);
                assertThat(status(layers, 1).in()).isEqualTo(EVENTS);
            }

            try (Layers layers = Layers.start(PLAN, config, plugins)) {
                sendReadings(producer, 1);
                await("repeats are dropped", () -> status(layers, 0).dropped().getOrDefault("dedupe", 0L) == EVENTS);
                assertThat(status(layers, 1).held()).isEqualTo(EVENTS);
                for (int device = 0; device < 4; device++) {
                    String id = "d" + device;
                    producer.send(new ProducerRecord<>(
                            "raw.iot.devices", EventRows.deviceKey(id), EventRows.device(id, "room " + device)));
                }
                await("all are let go", () -> read(broker, OUT).size() == EVENTS);
                assertThat(status(layers, 1).held()).isZero();
            }
            assertInOrder(read(broker, OUT));
            assertThatArrivalsAreKeptFromWhenTheyAreWritten(broker);
            assertThat(read(broker, PLAN.deadLetterTopic())).isEmpty();
        }
    }

    /** Each in another partition than before, as a client's retry may be. */
    private static void sendReadings(KafkaProducer<byte[], byte[]> producer, int shift) {
        for (int i = 0; i < EVENTS; i++) {
            byte[] reading = EventRows.reading("d" + i % 4, (long) i, 20.5);
            producer.send(new ProducerRecord<>("raw.iot.readings", (i % 4 + shift) % 3, null, reading));
        }
        producer.flush();
    }

    private static void assertInOrder(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<String, List<Integer>> numbers = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String key = new String(record.key(), StandardCharsets.UTF_8);
            String payload = TopologyFixture.payload(record.value());
            assertThat(payload).contains("\"room\":\"room " + key.charAt(key.length() - 3) + "\"");
            numbers.computeIfAbsent(key, name -> new ArrayList<>())
                    .add(Integer.parseInt(payload.replaceAll(".*\"n\":(\\d+),.*", "$1")));
        }
        assertThat(numbers)
                .hasSize(4)
                .allSatisfy((key, of) ->
                        assertThat(of).hasSize(EVENTS / 4).isSorted().doesNotHaveDuplicates());
    }

    /** Else a pipeline that is made anew from old raw records would lose them to the retention of the changelog. */
    private static void assertThatArrivalsAreKeptFromWhenTheyAreWritten(BrokerLite broker) throws Exception {
        ConfigResource changelog =
                new ConfigResource(ConfigResource.Type.TOPIC, "millrace.iot-cleaned.readings.dedupe.seen-changelog");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            assertThat(admin.describeConfigs(List.of(changelog))
                            .all()
                            .get()
                            .get(changelog)
                            .get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG)
                            .value())
                    .isEqualTo("LogAppendTime");
        }
    }

    private static StreamStatus status(Layers layers, int fromReadings) {
        String layer = fromReadings == 0 ? "cleaned.readings" : "enriched.readings";
        return layers.status().stream()
                .filter(stream -> stream.name().toString().equals(layer))
                .findFirst()
                .orElseThrow();
    }

    private static void makeTopics(BrokerLite broker) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        PLAN.raw().forEach(raw -> topics.add(new NewTopic(raw.topic(), 3, (short) 1)));
        PLAN.streams().forEach(stream -> topics.add(new NewTopic(stream.topic(), 3, (short) 1)));
        topics.add(new NewTopic(PLAN.replayTopic(), 3, (short) 1));
        topics.add(new NewTopic(PLAN.deadLetterTopic(), 1, (short) 1));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(topics).all().get();
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(BrokerLite broker, String topic) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", "read_committed");
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
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }
}
