package io.millrace.connectors.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder that a worker gets, in a class loader that offers no more than a worker does. */
class PluginFolderIT {
    @TempDir
    Path folder;

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
    void theConnectorStartsWithWhatItBringsAlone() throws Exception {
        try (URLClassLoader plugin = plugin()) {
            SourceConnector connector =
                    ServiceLoader.load(SourceConnector.class, plugin).iterator().next();
            connector.start(Map.of(
                    "name", "shop.weblog", Settings.TOPIC.key(), "raw.shop.weblog", "logs.path", folder + "/*.log"));
            SourceTask task =
                    (SourceTask) connector.taskClass().getConstructor().newInstance();

            assertThat(connector.taskConfigs(2)).hasSize(2);
            assertThat(connector.version()).isNotEmpty().isEqualTo(task.version());
            assertThat(task.getClass().getClassLoader()).isSameAs(plugin);
            connector.stop();
        }
    }

    @Test
    void theShorthandIsFoundInTheFolder() throws Exception {
        try (URLClassLoader plugin = plugin()) {
            ConnectorShorthand shorthand = ServiceLoader.load(ConnectorShorthand.class, plugin)
                    .iterator()
                    .next();

            assertThat(shorthand.type()).isEqualTo("logs");
            assertThat(shorthand.fields().names()).contains("path");
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
