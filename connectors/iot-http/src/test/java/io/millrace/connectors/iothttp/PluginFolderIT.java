package io.millrace.connectors.iothttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.junit.jupiter.api.Test;

/** The folder that a worker gets, in a class loader that offers no more than a worker does. */
class PluginFolderIT {

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

    @Test
    void thePluginRunsOnWhatItBringsAlone() throws Exception {
        try (URLClassLoader plugin = plugin()) {
            SourceConnector connector =
                    ServiceLoader.load(SourceConnector.class, plugin).iterator().next();
            connector.start(FakeSourceWorker.config());
            Map<String, String> taskConfig = connector.taskConfigs(1).get(0);
            Class<? extends Task> taskClass = connector.taskClass();
            SourceTask task = (SourceTask) taskClass.getConstructor().newInstance();
            task.start(taskConfig);
            Method port = taskClass.getDeclaredMethod("port");
            port.setAccessible(true);
            Client client = new Client((int) port.invoke(task));

            CompletableFuture<HttpResponse<String>> response = client.begin(client.json("[1,2]"));
            List<SourceRecord> batch = null;
            for (int poll = 0; batch == null && poll < 100; poll++) {
                batch = task.poll();
            }
            assertThat(batch).hasSize(2);
            for (SourceRecord record : batch) {
                task.commitRecord(record, null);
            }

            assertThat(Client.text(response.join())).isEqualTo("200 {\"records\":2}");
            task.stop();
            connector.stop();
            assertThat(taskClass.getClassLoader()).isSameAs(plugin);
            assertThat(connector.version()).isNotEmpty();
        }
    }

    @Test
    void theShorthandIsFoundInTheFolder() throws Exception {
        try (URLClassLoader plugin = plugin()) {
            ConnectorShorthand shorthand = ServiceLoader.load(ConnectorShorthand.class, plugin)
                    .iterator()
                    .next();

            assertThat(shorthand.type()).isEqualTo("iot-http");
            assertThat(plugin.loadClass(shorthand.connectorClass())).isAssignableTo(SourceConnector.class);
        }
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
