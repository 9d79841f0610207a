package io.millrace.worker;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.worker.connector.ConnectorStatus;
import io.millrace.worker.fault.Backoff;
import io.millrace.worker.fault.RestartBackoff;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A broker for the tests of one class, and short ways to look into it. */
abstract class WithBroker {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    static Path folder;

    private static BrokerLite broker;
    static Plugins plugins;
    static Admin admin;

    @BeforeAll
    static void startBroker() {
        broker = BrokerLite.start(BrokerConfig.in(folder.resolve("broker")));
        plugins = Plugins.scan(List.of());
        admin = Admin.create(client());
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        plugins.close();
        broker.close();
    }

    static WorkerConfig.Builder config() {
        return WorkerConfig.at(broker.bootstrapServers())
                .offsetFlushInterval(Duration.ofMillis(200))
                .restarts(new RestartBackoff.Policy(
                        new Backoff(Duration.ofMillis(20), Duration.ofMillis(50)), Duration.ofMinutes(1)));
    }

    static Worker worker() {
        return Worker.start(config().build(), plugins);
    }

    static Map<String, Object> client() {
        return new HashMap<>(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    /** Everything committed in the topic, in order of partition and offset. */
    static List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
        Map<String, Object> config = client();
        config.put("isolation.level", "read_committed");
        config.put("allow.auto.create.topics", false);
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(tp -> consumer.position(tp) < ends.get(tp))) {
                consumer.poll(Duration.ofMillis(50)).forEach(found::add);
            }
        }
        return found;
    }

    static List<String> values(String topic) {
        return committed(topic).stream().map(record -> text(record.value())).toList();
    }

    static List<String> keys(String topic) {
        return committed(topic).stream().map(record -> text(record.key())).toList();
    }

    static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String key) {
        Header header = record.headers().lastHeader(key);
        return header == null ? null : text(header.value());
    }

    static void produce(String topic, int from, int to) {
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(client(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int n = from; n <= to; n++) {
                producer.send(new ProducerRecord<>(topic, 0, bytes("" + n), bytes("v" + n)));
            }
            producer.flush();
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void createTopic(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic(topic, partitions, (short) 1)))
                .all()
                .get(20, TimeUnit.SECONDS);
    }

    static long groupOffset(String group, String topic) throws Exception {
        return java.util.Optional.ofNullable(admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get(20, TimeUnit.SECONDS)
                        .get(new TopicPartition(topic, 0)))
                .map(offset -> offset.offset())
                .orElse(-1L);
    }

    static ConnectorStatus status(Worker worker, String name) {
        return worker.status().stream()
                .filter(status -> status.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** An assertion that becomes true. */
    interface Expectation {
        void check() throws Exception;
    }

    static void await(Expectation expectation) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (true) {
            try {
                expectation.check();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                never.await(30, TimeUnit.MILLISECONDS);
            }
        }
    }
}
