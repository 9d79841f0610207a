package io.millrace.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.plugin.discovery.Plugins;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shop's layers on a real broker: exactly once over kills at any moment, and made anew from the raw topics. */
class LayersIT {
    private static final String LINES = "cleaned.shop.order_lines";
    private static final int PARTITIONS = 2;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path data;

    private static BrokerLite broker;
    private static Plugins plugins;
    private static KafkaProducer<byte[], byte[]> producer;

    private final ShopSource source = new ShopSource();
    private final PipelinePlan plan = ShopPlan.plan();
    private final Map<String, BigDecimal> lines = new TreeMap<>();

    @TempDir
    Path stateDir;

    private LayersConfig config;

    @BeforeAll
    static void startBroker() {
        broker = BrokerLite.start(BrokerConfig.in(data));
        plugins = Plugins.scan(List.of());
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterAll
    static void stopBroker() throws Exception {
        producer.close();
        plugins.close();
        broker.close();
    }

    @BeforeEach
    void makeTopics() throws Exception {
        config = LayersConfig.of(broker.bootstrapServers(), stateDir);
        List<NewTopic> topics = new ArrayList<>();
        plan.raw().forEach(raw -> topics.add(new NewTopic(raw.topic(), PARTITIONS, (short) 1)));
        plan.streams().forEach(stream -> topics.add(new NewTopic(stream.topic(), PARTITIONS, (short) 1)));
        topics.add(new NewTopic(plan.deadLetterTopic(), 1, (short) 1));
        topics.add(new NewTopic(plan.replayTopic(), PARTITIONS, (short) 1));
        try (Admin admin = admin()) {
            admin.createTopics(topics).all().get();
        }
    }

    @Test
    void tablesAreRightAfterKillsAtAnyMomentAndTheSameWhenMadeAnew() throws Exception {
        Random random = new Random(7);
        int dead = 0;
        for (int round = 0; round < 2; round++) {
            Process layers = LayersProcess.start(config, data.resolve("layers-" + round + ".log"));
            int already = read(LINES).size();
            dead += send(random, 300);
            // Somewhere in the work: seen from outside, at a commit; killed some polls later.
            int wanted = already + 1 + random.nextInt(100);
            await("round " + round + " is under way", () -> read(LINES).size() >= wanted);
            layers.destroyForcibly().waitFor();
            dead += send(random, 100);
        }

        Map<String, String> revenue;
        Map<String, String> enriched;
        try (Layers layers = Layers.start(plan, config, plugins)) {
            await("revenue is right", () -> revenueNow().equals(expectedRevenue()));
            revenue = latest("curated.shop.revenue_by_country");
            enriched = latest("enriched.shop.order_lines");
            assertThat(layers.failure()).isEmpty();
            assertThat(layers.status())
                    .allSatisfy(stream -> assertThat(stream.state()).isEqualTo(StreamStatus.State.RUNNING));
        }
        assertThat(enriched).hasSize(lines.size());
        assertThat(read(plan.deadLetterTopic())).hasSize(dead);
        assertEveryOriginOnceOn(LINES);

        try (Admin admin = admin()) {
            assertThat(internalTopics(admin)).isNotEmpty().allSatisfy(topic -> assertThat(topic)
                    .doesNotContain("KSTREAM")
                    .doesNotContain("KTABLE"));
            Layers.reset(plan, config, PATIENCE);
            assertThat(internalTopics(admin)).isEmpty();
            assertThat(stateDir.resolve("millrace.shop")).doesNotExist();
        }
        int before = read("enriched.shop.order_lines").size();
        try (Layers layers = Layers.start(plan, config, plugins)) {
            await(
                    "all is made anew",
                    () -> read("enriched.shop.order_lines").size() >= before + enriched.size()
                            && latest("enriched.shop.order_lines").equals(enriched)
                            && latest("curated.shop.revenue_by_country").equals(revenue)
                            && caughtUp(layers));
        }
        assertThat(latest("enriched.shop.order_lines")).isEqualTo(enriched);
        assertThat(latest("curated.shop.revenue_by_country")).isEqualTo(revenue);
    }

    private boolean caughtUp(Layers layers) {
        int raw = plan.raw().stream()
                .mapToInt(stream -> read(stream.topic()).size())
                .sum();
        long in = layers.status().stream()
                .filter(stream -> stream.name().layer().equals("cleaned"))
                .mapToLong(StreamStatus::in)
                .sum();
        return in >= raw;
    }

    /** A row's change is on its topic once, however often it was worked on. */
    private void assertEveryOriginOnceOn(String topic) {
        Map<String, Integer> origins = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> row : read(topic)) {
            origins.merge(text(row.headers().lastHeader("millrace.origin").value()), 1, Integer::sum);
        }
        assertThat(origins.values()).isNotEmpty().containsOnly(1);
    }

    /** Sends random changes of all tables; returns how many of them are dead letters. */
    private int send(Random random, int changes) {
        int dead = 0;
        for (int country = 0; country < 4; country++) {
            String id = "C" + country;
            put("customers", ShopSource.customerKey(id), source.customer("u", id, "Company " + country, "L" + country));
        }
        for (int order = 0; order < 20; order++) {
            put("orders", ShopSource.orderKey(order), source.order("u", order, "C" + order % 4));
        }
        for (int i = 0; i < changes; i++) {
            int order = random.nextInt(20);
            int product = random.nextInt(10);
            byte[] key = ShopSource.lineKey(order, product);
            int what = random.nextInt(10);
            if (what == 0) {
                put("order_details", key, source.line("u", order, product, "0", 1, "0"));
                dead++;
            } else if (what <= 2) {
                put("order_details", key, source.delete("order_details"));
                put("order_details", key, null);
                lines.remove(text(key));
            } else {
                BigDecimal price = BigDecimal.valueOf(random.nextInt(5000) + 1, 2);
                int quantity = random.nextInt(9) + 1;
                put("order_details", key, source.line("u", order, product, price.toPlainString(), quantity, "0.05"));
                lines.put(
                        text(key), price.multiply(BigDecimal.valueOf(quantity)).multiply(new BigDecimal("0.95")));
            }
        }
        producer.flush();
        return dead;
    }

    private Map<String, BigDecimal> expectedRevenue() {
        Map<String, BigDecimal> revenue = new TreeMap<>();
        lines.forEach((key, amount) -> {
            int order = Integer.parseInt(key.replaceAll(".*\"order_id\":(\\d+).*", "$1"));
            revenue.merge("L" + order % 4, amount.setScale(4), BigDecimal::add);
        });
        return revenue;
    }

    private Map<String, BigDecimal> revenueNow() {
        Map<String, BigDecimal> revenue = new TreeMap<>();
        latest("curated.shop.revenue_by_country")
                .forEach((key, value) -> revenue.put(
                        key.replaceAll(".*:\"(.*)\"}", "$1"),
                        new BigDecimal(value.replaceAll(".*\"revenue\":([0-9.]+)}}", "$1"))));
        return revenue;
    }

    private void put(String table, byte[] key, byte[] value) {
        producer.send(new ProducerRecord<>("raw.shop." + table, key, value));
    }

    private Map<String, String> latest(String topic) {
        Map<String, String> latest = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> row : read(topic)) {
            if (row.value() == null) {
                latest.remove(text(row.key()));
            } else {
                latest.put(text(row.key()), text(row.value()));
            }
        }
        return latest;
    }

    /** All committed records of a topic. */
    private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
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

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static List<String> internalTopics(Admin admin) throws Exception {
        Set<String> names = admin.listTopics().names().get();
        return names.stream()
                .filter(name -> name.startsWith("millrace.shop-"))
                .sorted()
                .toList();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
