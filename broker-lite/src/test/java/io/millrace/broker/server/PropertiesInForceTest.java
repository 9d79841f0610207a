package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.LogStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Properties that a part takes from the broker's and once did not. */
class PropertiesInForceTest {
    @TempDir
    Path folder;

    @Test
    void transactionsAreWrittenWhereTheirPartitionsAreNotVerified() throws Exception {
        Map<String, String> p = new HashMap<>();
        p.put("listeners", "PLAINTEXT://127.0.0.1:0");
        p.put("transaction.partition.verification.enable", "false");
        p.put("producer.id.expiration.ms", "120000");
        try (LightBroker broker = LightBroker.start(folder, p)) {
            assertThat(Clients.failure(() -> write(broker))).isNull();
            UnifiedLog log = broker.part(LogStore.class)
                    .openLog(new TopicPartition("orders", 0))
                    .orElseThrow();
            assertThat(log.producerStateManager().producerStateManagerConfig().producerIdExpirationMs())
                    .isEqualTo(120_000);
        }
    }

    private static void write(LightBroker broker) throws Exception {
        Map<String, Object> config = Clients.to(
                broker.bootstrapServers(),
                Map.of("transactional.id", "t", "max.block.ms", "10000", "delivery.timeout.ms", "10000"));
        config.remove("default.api.timeout.ms");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", "v")).get(10, TimeUnit.SECONDS);
            producer.commitTransaction();
        }
    }
}
