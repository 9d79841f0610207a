package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.LogStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What takes long is not done on the thread that all connections share. */
class SlowRequestsTest {
    @TempDir
    Path folder;

    private final Map<String, String> appendedOn = new ConcurrentHashMap<>();
    private LightBroker broker;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        broker = LightBroker.start(
                folder,
                Map.of("listeners", "PLAINTEXT://127.0.0.1:0", "num.io.threads", "1", "num.network.threads", "1"));
        broker.part(LogStore.class)
                .listen((partition, log) ->
                        appendedOn.put(partition.topic(), Thread.currentThread().getName()));
        admin = Admin.create(Clients.to(broker.bootstrapServers(), Map.of()));
    }

    @AfterEach
    void stop() {
        admin.close();
        broker.close();
    }

    private void create(String topic, Map<String, String> config) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(config)))
                .all()
                .get(10, TimeUnit.SECONDS);
    }

    /** The thread that appended a value to a topic whose log is open. */
    private String threadOf(String topic, String compression, int bytes) throws Exception {
        Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "compression.type",
                compression,
                "enable.idempotence",
                "false"));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, new byte[1])).get(10, TimeUnit.SECONDS);
            byte[] value = new byte[bytes];
            new java.util.Random(1).nextBytes(value);
            producer.send(new ProducerRecord<>(topic, value)).get(10, TimeUnit.SECONDS);
        }
        return appendedOn.get(topic);
    }

    @Test
    void appendsThatOnlyFillTheCacheOfTheSystemAreMadeAtOnce() throws Exception {
        create("plain", Map.of());
        assertThat(threadOf("plain", "none", 500_000)).startsWith("broker-network-");
        create("packed", Map.of());
        assertThat(threadOf("packed", "lz4", 60_000)).startsWith("broker-network-");
    }

    @Test
    void appendsToATopicThatFlushesAreNot() throws Exception {
        create("flushed", Map.of("flush.messages", "1"));
        assertThat(threadOf("flushed", "none", 10)).startsWith("broker-io-");
    }

    @Test
    void batchesThatMayGrowToManyTimesTheirSizeAreNot() throws Exception {
        create("zstd", Map.of());
        assertThat(threadOf("zstd", "zstd", 4_000)).startsWith("broker-io-");
        create("lz4", Map.of());
        assertThat(threadOf("lz4", "lz4", 400_000)).startsWith("broker-io-");
    }

    @Test
    void batchesThatAreCompressedAnewAreNot() throws Exception {
        create("anew", Map.of("compression.type", "gzip"));
        assertThat(threadOf("anew", "none", 100_000)).startsWith("broker-io-");
    }

    @Test
    void aTimeIsLookedUpElsewhereAndTheEndOfALogAtOnce() throws Exception {
        create("orders", Map.of());
        threadOf("orders", "none", 10);
        TopicPartition partition = new TopicPartition("orders", 0);
        CountDownLatch release = new CountDownLatch(1);
        broker.part(IoPool.class).execute(() -> await(release));
        Future<?> byTime = admin.listOffsets(Map.of(partition, OffsetSpec.forTimestamp(1)))
                .all()
                .toCompletionStage()
                .toCompletableFuture();
        try (Admin other = Admin.create(Clients.to(broker.bootstrapServers(), Map.of()))) {
            for (int i = 0; i < 20; i++) {
                assertThat(other.listOffsets(Map.of(partition, OffsetSpec.latest()))
                                .all()
                                .get(10, TimeUnit.SECONDS)
                                .get(partition)
                                .offset())
                        .isEqualTo(2);
            }
        }
        assertThat(byTime.isDone()).isFalse();
        release.countDown();
        byTime.get(10, TimeUnit.SECONDS);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
