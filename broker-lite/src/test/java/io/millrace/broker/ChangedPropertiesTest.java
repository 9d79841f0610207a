package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangedPropertiesTest {
    @TempDir
    Path folder;

    @Test
    void aSegmentSizeThatIsChangedAtRunTimeCountsAtOnceAndAfterARestart() throws Exception {
        try (Brokers.Running broker = Brokers.start(folder, "light")) {
            write(broker, "before");
            assertThat(segments("before")).isEqualTo(1);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                AlterConfigOp change =
                        new AlterConfigOp(new ConfigEntry("log.segment.bytes", "1048576"), AlterConfigOp.OpType.SET);
                Transcript.get(admin.incrementalAlterConfigs(
                                Map.of(new ConfigResource(ConfigResource.Type.BROKER, ""), List.of(change)))
                        .all());
            }
            write(broker, "before");
            assertThat(segments("before")).isGreaterThan(1);
        }
        try (Brokers.Running broker = Brokers.start(folder, "light")) {
            write(broker, "after");
            assertThat(segments("after")).isGreaterThan(1);
        }
    }

    private static void write(Brokers.Running broker, String topic) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < 3; i++) {
                producer.send(new ProducerRecord<>(topic, new byte[600_000])).get(10, TimeUnit.SECONDS);
            }
        }
    }

    private long segments(String topic) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(topic + "-0"))) {
            return files.filter(file -> file.toString().endsWith(".log")).count();
        }
    }
}
