package io.millrace.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.plugin.discovery.Plugins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows larger than Kafka's default of 1 MiB, on a real broker with topics as they are planned. */
class LargeRecordsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, Object> AS_PLANNED =
            Map.of("max.request.size", 32 << 20, "buffer.memory", 64 << 20, "compression.type", "lz4");

    private final ShopSource source = new ShopSource();
    private final PipelinePlan plan = ShopPlan.plan();

    @Test
    void passOrAreDeadLettersAndNothingStops(@TempDir Path data, @TempDir Path state) throws Exception {
        try (BrokerLite broker = BrokerLite.start(BrokerConfig.in(data));
                Plugins plugins = Plugins.scan(List.of())) {
            Map<String, Object> servers = Map.of("bootstrap.servers", broker.bootstrapServers());
            makeTopics(servers);
            LayersConfig config = LayersConfig.of(broker.bootstrapServers(), state);
            try (Layers layers = Layers.start(plan, config, plugins);
                    KafkaProducer<byte[], byte[]> producer = producer(servers)) {
                customer(producer, "LARGE", incompressible(3 << 20));
                order(producer, 1, "LARGE");
                customer(producer, "HUGE", "x".repeat(20 << 20));
                customer(producer, "SMALL", "Small");
                order(producer, 2, "SMALL");
                producer.flush();

                await(layers, "cleaned.customers", StreamStatus::out, 2);
                await(layers, "cleaned.customers", StreamStatus::deadLetters, 1);
                await(layers, "enriched.orders", status -> Math.min(2, status.out()), 2);
                assertThat(layers.failure()).isEmpty();
                assertThat(layers.status())
                        .allSatisfy(stream -> assertThat(stream.state()).isEqualTo(StreamStatus.State.RUNNING));
            }
        }
    }

    private void makeTopics(Map<String, Object> servers) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        Map<String, String> limit = Map.of("max.message.bytes", String.valueOf(16 << 20));
        plan.raw().forEach(raw -> topics.add(new NewTopic(raw.topic(), 1, (short) 1).configs(limit)));
        plan.streams().forEach(stream -> topics.add(new NewTopic(stream.topic(), 1, (short) 1).configs(limit)));
        topics.add(new NewTopic(plan.replayTopic(), 1, (short) 1).configs(limit));
        topics.add(new NewTopic(plan.deadLetterTopic(), 1, (short) 1)
                .configs(Map.of("max.message.bytes", String.valueOf(64 << 20))));
        try (Admin admin = Admin.create(servers)) {
            admin.createTopics(topics).all().get();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> servers) {
        Map<String, Object> settings = new HashMap<>(AS_PLANNED);
        settings.putAll(servers);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void customer(KafkaProducer<byte[], byte[]> producer, String id, String company) throws Exception {
        byte[] value = source.customer("c", id, company, "Germany");
        producer.send(new ProducerRecord<>("raw.shop.customers", ShopSource.customerKey(id), value))
                .get();
    }

    private void order(KafkaProducer<byte[], byte[]> producer, int id, String customer) throws Exception {
        byte[] value = source.order("c", id, customer);
        producer.send(new ProducerRecord<>("raw.shop.orders", ShopSource.orderKey(id), value))
                .get();
    }

    private static String incompressible(int length) {
        Random random = new Random(3);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) ('!' + random.nextInt(90)));
        }
        return text.toString();
    }

    private static void await(Layers layers, String stream, Function<StreamStatus, Long> count, long wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            StreamStatus status = layers.status().stream()
                    .filter(each -> each.name().toString().equals(stream))
                    .findFirst()
                    .orElseThrow();
            if (count.apply(status) == wanted) {
                return;
            }
            assertThat(System.nanoTime()).as(() -> wanted + " of " + status).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }
}
