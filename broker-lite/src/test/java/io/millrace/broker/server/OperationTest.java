package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationTest {
    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    private HttpResponse<String> get(LightBroker broker, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + broker.part(Operation.class).port() + path);
        return http.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aRunningBrokerTellsHowItIs() throws Exception {
        Map<String, String> p = Map.of("listeners", "PLAINTEXT://127.0.0.1:0", "millrace.broker.http.port", "0");
        try (LightBroker broker = LightBroker.start(folder, p)) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                admin.createTopics(List.of(new NewTopic("orders", 3, (short) 1)))
                        .all()
                        .get(10, TimeUnit.SECONDS);
            }
            assertThat(get(broker, "/health").statusCode()).isEqualTo(200);
            assertThat(get(broker, "/ready").statusCode()).isEqualTo(200);
            assertThat(get(broker, "/nothing").statusCode()).isEqualTo(404);
            String metrics = get(broker, "/metrics").body();
            assertThat(metrics)
                    .contains("# TYPE kafka_network_requestmetrics_requests_total counter\n")
                    .contains(
                            "kafka_network_requestmetrics_requests_total{request=\"CreateTopics\",version=\"7\"} 1.0\n")
                    .contains("kafka_server_replicamanager_partitioncount 3.0\n")
                    .contains("kafka_controller_kafkacontroller_activecontrollercount 1.0\n")
                    .contains("kafka_server_socket_server_metrics_connection_count{listener=\"PLAINTEXT\"");
            assertThat(metrics.lines().filter(line -> !line.startsWith("#")))
                    .allMatch(line -> line.matches("[a-z_0-9]+(\\{([a-z_0-9]+=\"[^\"]*\",?)+})? -?[0-9.E-]+"));
        }
    }

    /** More of them than there are threads. */
    @Test
    void whoSendsHalfARequestKeepsNobodyElseWaitingAndIsHungUpOn() throws Exception {
        Map<String, String> p = Map.of("listeners", "PLAINTEXT://127.0.0.1:0", "millrace.broker.http.port", "0");
        List<Socket> halves = new ArrayList<>();
        try (LightBroker broker = LightBroker.start(folder, p)) {
            for (int i = 0; i < 6; i++) {
                Socket half =
                        new Socket("127.0.0.1", broker.part(Operation.class).port());
                half.setSoTimeout(20_000);
                half.getOutputStream().write("GET /hea".getBytes(StandardCharsets.US_ASCII));
                halves.add(half);
            }
            assertThat(get(broker, "/health").statusCode()).isEqualTo(200);
            for (Socket half : halves) {
                assertThat(half.getInputStream().read()).isNegative();
            }
            assertThat(get(broker, "/ready").statusCode()).isEqualTo(200);
        } finally {
            for (Socket half : halves) {
                half.close();
            }
        }
    }

    @Test
    void metricsAreThereOverJmxWhereThatIsOnAndGoneAfterwards() throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        // the domain ends in a number where a Kafka node was before in this JVM: it leaves its names behind
        ObjectName sockets = new ObjectName("kafka.server*:type=socket-server-metrics,listener=JMX,*");
        Map<String, String> p = Map.of(
                "listeners", "JMX://127.0.0.1:0",
                "listener.security.protocol.map", "JMX:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "millrace.broker.jmx", "true");
        try (LightBroker broker = LightBroker.start(folder, p)) {
            assertThat(broker.bootstrapServers()).isNotEmpty();
            assertThat(beans.queryNames(sockets, null)).isNotEmpty();
        }
        assertThat(beans.queryNames(sockets, null)).isEmpty();
    }

    @Test
    void aPortThatIsNoneIsNamed() {
        Map<String, String> set = Map.of("millrace.broker.http.port", "99999");
        assertThat(Clients.failure(() -> ServerProperties.read(Optional.empty(), set, Map.of())))
                .hasMessageStartingWith("--set millrace.broker.http.port [broker.bad-value] '99999' is no value for"
                        + " 'millrace.broker.http.port': Value must be no more than 65535.");
    }
}
