package io.millrace.connectors.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkTask;
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
        try (URLClassLoader plugin = plugin();
                ScriptedServer server = ScriptedServer.start()) {
            SinkConnector connector =
                    ServiceLoader.load(SinkConnector.class, plugin).iterator().next();
            connector.start(Orders.config(server.url(), "search.gzip", "false"));
            SinkTask task = (SinkTask) connector.taskClass().getConstructor().newInstance();
            task.initialize(new FakeContext(true));

            task.start(connector.taskConfigs(1).get(0));
            task.put(List.of(Orders.record(0, 0, 1, Orders.order(1, "Alfreds", "1.00"))));
            task.stop();
            connector.stop();

            assertThat(task.getClass().getClassLoader()).isSameAs(plugin);
            assertThat(connector.version()).isNotEmpty();
            assertThat(server.bulks).containsExactly(1);
        }
    }

    @Test
    void theShorthandIsFoundInTheFolder() throws Exception {
        try (URLClassLoader plugin = plugin()) {
            ConnectorShorthand shorthand = ServiceLoader.load(ConnectorShorthand.class, plugin)
                    .iterator()
                    .next();

            assertThat(shorthand.type()).isEqualTo("search-index");
            assertThat(plugin.loadClass(shorthand.connectorClass())).isAssignableTo(SinkConnector.class);
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
