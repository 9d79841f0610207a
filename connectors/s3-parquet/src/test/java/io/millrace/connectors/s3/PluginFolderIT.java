package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import io.millrace.connectors.common.FakeSinkWorker;
import io.millrace.connectors.common.PluginFolder;
import io.millrace.connectors.s3.parquet.Duck;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The folder that a worker gets, in a class loader that offers no more than a worker does. */
class PluginFolderIT {
    private static final TopicPartition ORDERS = new TopicPartition(Orders.TOPIC, 0);

    @TempDir
    static Path folder;

    private static S3ProxyProcess s3;

    @BeforeAll
    static void startServer() throws Exception {
        s3 = S3ProxyProcess.start(folder);
    }

    @AfterAll
    static void stopServer() throws Exception {
        s3.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "snappy", "gzip", "none"})
    void thePluginRunsOnWhatItBringsAlone(String compression) throws Exception {
        try (URLClassLoader plugin = PluginFolder.open()) {
            Path bucket = s3.bucket("lake-" + compression);
            SinkConnector connector =
                    ServiceLoader.load(SinkConnector.class, plugin).iterator().next();
            connector.start(config(compression));
            Map<String, String> taskConfig = connector.taskConfigs(1).get(0);
            Class<? extends Task> taskClass = connector.taskClass();
            SinkTask task = (SinkTask) taskClass.getConstructor().newInstance();
            task.initialize(new FakeSinkWorker(S3ParquetSinkTask::new));

            task.start(taskConfig);
            task.open(List.of(ORDERS));
            task.put(List.of(Orders.row(0, 0, 1, "de"), Orders.row(0, 1, 2, "at")));
            Map<TopicPartition, OffsetAndMetadata> committable =
                    task.preCommit(Map.of(ORDERS, new OffsetAndMetadata(2)));
            task.stop();
            connector.stop();

            assertThat(taskClass.getClassLoader()).isSameAs(plugin);
            assertThat(connector.version()).isNotEmpty();
            assertThat(committable).isEqualTo(Map.of(ORDERS, new OffsetAndMetadata(2)));
            try (Duck duck = new Duck()) {
                assertThat(duck.rows("SELECT id, country FROM read_parquet('" + bucket + "/**/*.parquet') ORDER BY id"))
                        .containsExactly("1|de", "2|at");
            }
        }
    }

    @Test
    void theShorthandIsFoundInTheFolder() throws Exception {
        try (URLClassLoader plugin = PluginFolder.open()) {
            ConnectorShorthand shorthand = ServiceLoader.load(ConnectorShorthand.class, plugin)
                    .iterator()
                    .next();

            assertThat(shorthand.type()).isEqualTo("s3-parquet");
            assertThat(plugin.loadClass(shorthand.connectorClass())).isAssignableTo(SinkConnector.class);
        }
    }

    private static Map<String, String> config(String compression) {
        Map<String, String> config = new HashMap<>(Orders.config());
        config.put("s3.bucket", "lake-" + compression);
        config.put("s3.roll.records", "2");
        config.put("s3.endpoint", s3.endpoint());
        config.put("s3.access.key.id", S3ProxyProcess.ACCESS_KEY_ID);
        config.put("s3.secret.access.key", S3ProxyProcess.SECRET_ACCESS_KEY);
        config.put("s3.compression", compression);
        config.put("s3.temp.dir", folder.resolve("temp").toString());
        return config;
    }
}
