package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import io.millrace.connectors.common.FakeSinkWorker;
import io.millrace.connectors.s3.parquet.Duck;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
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

    /** What plugins share with their worker. */
    private static final class WorkerClasses extends ClassLoader {
        WorkerClasses() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (Stream.of("org.apache.kafka.", "org.slf4j.", "io.millrace.api.").anyMatch(name::startsWith)) {
                return PluginFolderIT.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "snappy", "gzip", "none"})
    void thePluginRunsOnWhatItBringsAlone(String compression) throws Exception {
        try (URLClassLoader plugin = plugin()) {
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
        try (URLClassLoader plugin = plugin()) {
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

    private static URLClassLoader plugin() throws Exception {
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("target/plugin"))) {
            for (Path jar : files.toList()) {
                jars.add(jar.toUri().toURL());
            }
        }
        return new URLClassLoader(jars.toArray(URL[]::new), new WorkerClasses());
    }
}
