package io.millrace.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The first thing that is done with a new broker: a record is produced to a topic that is not there yet, read by a group and committed. */
final class FirstRecord {
    private static final String TOPIC = "first";
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private FirstRecord() {}

    /** @param committed done at that moment, before the clients are closed */
    static void pass(BrokerJvm broker, Failure.Work committed) throws Exception {
        broker.awaitListening();
        try (KafkaProducer<byte[], byte[]> producer = BrokerClients.producer(broker.bootstrapServers(), Map.of())) {
            producer.send(new ProducerRecord<>(TOPIC, "hello".getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
        try (KafkaConsumer<byte[], byte[]> consumer =
                BrokerClients.consumer(broker.bootstrapServers(), Map.of("group.id", "readers"))) {
            consumer.subscribe(List.of(TOPIC));
            long deadline = System.nanoTime() + WITHIN.toNanos();
            while (consumer.poll(Duration.ofMillis(100)).isEmpty()) {
                assertThat(System.nanoTime())
                        .as("the record comes within %s", WITHIN)
                        .isLessThan(deadline);
            }
            consumer.commitSync();
            committed.run();
        }
    }

    static void measure(BrokerJvm broker, BenchSettings settings, Recorder recorder) throws Exception {
        pass(broker, () -> {
            recorder.record(Figure.FIRST_WALL, "", broker.secondsSinceStart());
            recorder.record(Figure.FIRST_CPU, "", broker.cpuSeconds());
        });
        if (settings.wants(Figure.IDLE_RSS)) {
            broker.idle(settings.idle());
            recorder.memory(broker, Figure.IDLE_RSS, Figure.IDLE_PSS, "");
        }
    }
}
