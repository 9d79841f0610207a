package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerLiteTest {
    @TempDir
    Path folder;

    @Test
    void keepsCommittedRecordsAndHidesAbortedOnesOverARestart() throws Exception {
        try (BrokerLite broker = BrokerLite.start(BrokerConfig.in(folder))) {
            try (KafkaProducer<String, String> producer = transactional(broker)) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("t", "k", "committed")).get(10, TimeUnit.SECONDS);
                producer.commitTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("t", "k", "aborted")).get(10, TimeUnit.SECONDS);
                producer.abortTransaction();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("t", "k", "committed too")).get(10, TimeUnit.SECONDS);
                producer.commitTransaction();
            }
            assertThat(read(broker, 2)).containsExactly("committed", "committed too");
        }
        try (BrokerLite broker = BrokerLite.start(BrokerConfig.in(folder))) {
            assertThat(read(broker, 2)).containsExactly("committed", "committed too");
        }
    }

    @Test
    void twoBrokersRunInOneJvm(@TempDir Path other) {
        try (BrokerLite first = BrokerLite.start(BrokerConfig.in(folder));
                BrokerLite second = BrokerLite.start(BrokerConfig.in(other))) {
            assertThat(first.bootstrapServers()).isNotEqualTo(second.bootstrapServers());
        }
    }

    @Test
    void saysWhichPortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> BrokerLite.start(BrokerConfig.in(folder).onPort(port)))
                    .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.exitCode())
                            .isEqualTo(ExitCode.ENVIRONMENT))
                    .hasMessage("127.0.0.1:" + port + " [broker.port-in-use] The broker cannot listen on port '" + port
                            + "': Address already in use. Stop what uses the port, or choose another one"
                            + " (--broker-port; 0 takes any free port).");
        }
    }

    @Test
    void saysWhichFolderItCannotUse() throws IOException {
        Path file = Files.createFile(folder.resolve("a-file"));
        assertThatThrownBy(() -> BrokerLite.start(BrokerConfig.in(file.resolve("data"))))
                .hasMessage(file.resolve("data") + " [broker.folder-unwritable] The broker cannot write to its data"
                        + " folder '" + file.resolve("data") + "': Not a directory. Give this user write"
                        + " access to it, or choose another folder (--data-dir).");
    }

    @Test
    void oneFolderServesOneBroker() {
        try (BrokerLite broker = BrokerLite.start(BrokerConfig.in(folder))) {
            assertThat(broker.bootstrapServers()).startsWith("127.0.0.1:");
            int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
            assertThatThrownBy(() -> BrokerLite.start(BrokerConfig.in(folder).onPort(port)))
                    .hasMessage(folder + " [broker.folder-in-use] The data folder '" + folder
                            + "' is in use by another broker. Stop the other run, or choose another folder"
                            + " and port (--data-dir, --broker-port).");
        }
    }

    private static KafkaProducer<String, String> transactional(BrokerLite broker) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "tx"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static List<String> read(BrokerLite broker, int count) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "auto.offset.reset",
                "earliest",
                "isolation.level",
                "read_committed",
                "group.id",
                "readers-" + System.nanoTime());
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("t"));
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
            consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
        }
        return values;
    }
}
