package io.millrace.connectors.iothttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import io.millrace.connectors.common.PluginFolder;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.junit.jupiter.api.Test;

/** The folder that a worker gets, in a class loader that offers no more than a worker does. */
class PluginFolderIT {
    @Test
    void thePluginRunsOnWhatItBringsAlone() throws Exception {
        try (URLClassLoader plugin = PluginFolder.open()) {
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
        try (URLClassLoader plugin = PluginFolder.open()) {
            ConnectorShorthand shorthand = ServiceLoader.load(ConnectorShorthand.class, plugin)
                    .iterator()
                    .next();

            assertThat(shorthand.type()).isEqualTo("iot-http");
            assertThat(plugin.loadClass(shorthand.connectorClass())).isAssignableTo(SourceConnector.class);
        }
    }
}
