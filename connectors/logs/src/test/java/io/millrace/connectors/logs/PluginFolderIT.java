package io.millrace.connectors.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import io.millrace.connectors.common.PluginFolder;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder that a worker gets, in a class loader that offers no more than a worker does. */
class PluginFolderIT {
    @TempDir
    Path folder;

    @Test
    void theConnectorStartsWithWhatItBringsAlone() throws Exception {
        try (URLClassLoader plugin = PluginFolder.open()) {
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
        try (URLClassLoader plugin = PluginFolder.open()) {
            ConnectorShorthand shorthand = ServiceLoader.load(ConnectorShorthand.class, plugin)
                    .iterator()
                    .next();

            assertThat(shorthand.type()).isEqualTo("logs");
            assertThat(shorthand.fields().names()).contains("path");
            assertThat(plugin.loadClass(shorthand.connectorClass())).isAssignableTo(SourceConnector.class);
        }
    }
}
