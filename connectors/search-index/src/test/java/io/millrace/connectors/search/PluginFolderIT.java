package io.millrace.connectors.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import io.millrace.connectors.common.PluginFolder;
import java.net.URLClassLoader;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkTask;
import org.junit.jupiter.api.Test;

/** The folder that a worker gets, in a class loader that offers no more than a worker does. */
class PluginFolderIT {
    @Test
    void thePluginRunsOnWhatItBringsAlone() throws Exception {
        try (URLClassLoader plugin = PluginFolder.open();
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
        try (URLClassLoader plugin = PluginFolder.open()) {
            ConnectorShorthand shorthand = ServiceLoader.load(ConnectorShorthand.class, plugin)
                    .iterator()
                    .next();

            assertThat(shorthand.type()).isEqualTo("search-index");
            assertThat(plugin.loadClass(shorthand.connectorClass())).isAssignableTo(SinkConnector.class);
        }
    }
}
