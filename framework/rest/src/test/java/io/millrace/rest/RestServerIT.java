package io.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.worker.Worker;
import io.millrace.worker.WorkerConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestServerIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static BrokerLite broker;
    private static Plugins plugins;
    private static Worker worker;
    private static RestServer server;
    private static HttpClient client;

    @BeforeAll
    static void start() {
        broker = BrokerLite.start(BrokerConfig.in(folder.resolve("broker")));
        plugins = Plugins.scan(List.of());
        worker = Worker.start(WorkerConfig.at(broker.bootstrapServers()).build(), plugins);
        server = RestServer.start("127.0.0.1", 0, worker);
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        server.close();
        worker.close();
        plugins.close();
        broker.close();
    }

    private static HttpResponse<String> send(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.address() + path))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        return JSON.readTree(response.body());
    }

    private static JsonNode awaitStatus(String name, Predicate<JsonNode> wanted) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            HttpResponse<String> response = send("GET", "/connectors/" + name + "/status", "");
            if (response.statusCode() == 200 && wanted.test(json(response))) {
                return json(response);
            }
            assertThat(System.nanoTime()).as("last answer: %s", response.body()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static Predicate<JsonNode> state(String connector, String... tasks) {
        return status -> status.at("/connector/state").asText().equals(connector)
                && status.get("tasks").findValuesAsText("state").equals(List.of(tasks));
    }

    private static String config(String name, String file) {
        return "{\"connector.class\": \"FileStreamSource\", \"topic\": \"" + name + "\", \"file\": \""
                + folder.resolve(file) + "\", \"tasks.max\": \"1\"}";
    }

    @Test
    void aConnectorIsMadeLookedAtChangedPausedRestartedAndTakenAway() throws Exception {
        Files.writeString(folder.resolve("lines"), "one\n");
        String create = "{\"name\": \"lines\", \"config\": " + config("lines", "lines") + "}";

        HttpResponse<String> created = send("POST", "/connectors", create);
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.headers().firstValue("Location")).hasValue("/connectors/lines");
        assertThat(json(created).at("/config/name").asText()).isEqualTo("lines");

        assertThat(send("POST", "/connectors", create).body())
                .isEqualTo("{\"error_code\":409,\"message\":\"Connector lines already exists\"}");
        JsonNode status = awaitStatus("lines", state("RUNNING", "RUNNING"));
        assertThat(status.get("type").asText()).isEqualTo("source");
        assertThat(status.at("/tasks/0/version").asText()).isEqualTo("4.3.1");
        assertThat(send("GET", "/connectors", "").body()).isEqualTo("[\"lines\"]");
        assertThat(json(send("GET", "/connectors?expand=status&expand=info", ""))
                        .at("/lines/info/tasks/0/connector")
                        .asText())
                .isEqualTo("lines");
        assertThat(json(send("GET", "/connectors/lines/tasks", ""))
                        .at("/0/config/task.class")
                        .asText())
                .isEqualTo("org.apache.kafka.connect.file.FileStreamSourceTask");

        assertThat(send("PUT", "/connectors/lines/pause", "").statusCode()).isEqualTo(202);
        awaitStatus("lines", state("PAUSED", "PAUSED"));
        assertThat(send("PUT", "/connectors/lines/stop", "").statusCode()).isEqualTo(204);
        awaitStatus("lines", state("STOPPED"));
        assertThat(send("PUT", "/connectors/lines/resume", "").statusCode()).isEqualTo(202);
        awaitStatus("lines", state("RUNNING", "RUNNING"));

        HttpResponse<String> patched =
                send("PATCH", "/connectors/lines/config", "{\"batch.size\": \"10\", \"name\": null}");
        assertThat(patched.statusCode()).isEqualTo(200);
        assertThat(json(patched).at("/config/batch.size").asText()).isEqualTo("10");
        assertThat(send("PUT", "/connectors/lines/config", config("lines", "lines"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(json(send("GET", "/connectors/lines/config", "")).has("batch.size"))
                .isFalse();

        awaitStatus("lines", state("RUNNING", "RUNNING"));
        assertThat(send("POST", "/connectors/lines/restart", "").statusCode()).isEqualTo(204);
        HttpResponse<String> restarted = send("POST", "/connectors/lines/restart?includeTasks=true", "");
        assertThat(restarted.statusCode()).isEqualTo(202);
        assertThat(json(restarted).at("/connector/state").asText()).isEqualTo("RESTARTING");
        assertThat(send("POST", "/connectors/lines/tasks/0/restart", "").statusCode())
                .isEqualTo(204);
        awaitStatus("lines", state("RUNNING", "RUNNING"));

        assertThat(send("DELETE", "/connectors/lines", "").statusCode()).isEqualTo(204);
        assertThat(send("GET", "/connectors/lines", "").statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsNotThereIsAnsweredAsConnectDoes() throws Exception {
        assertThat(send("GET", "/connectors/nobody", "").body())
                .isEqualTo("{\"error_code\":404,\"message\":\"Connector nobody not found\"}");
        assertThat(send("GET", "/connectors/nobody/status", "").body())
                .isEqualTo("{\"error_code\":404,\"message\":\"No status found for connector nobody\"}");
        assertThat(send("PUT", "/connectors/nobody/pause", "").body())
                .isEqualTo("{\"error_code\":404,\"message\":\"Unknown connector nobody\"}");
        assertThat(send("POST", "/connectors/nobody/restart", "").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/nowhere", "").statusCode()).isEqualTo(404);
        assertThat(send("PUT", "/connectors", "{}").body())
                .isEqualTo("{\"error_code\":405,\"message\":\"'/connectors' takes GET, POST, not PUT.\"}");
    }

    @Test
    void aWrongRequestIsRefusedWithEverythingThatIsWrong() throws Exception {
        assertThat(send("POST", "/connectors", "{\"name\": \"x\"").statusCode()).isEqualTo(400);
        assertThat(send("POST", "/connectors", "{\"name\": \"x\"}").body()).contains("names no 'config'");
        assertThat(send("PUT", "/connectors/x/config", "{\"name\": \"y\"}").body())
                .contains("Connector name configuration (y) doesn't match connector name in the URL (x)");
        HttpResponse<String> wrong = send(
                "PUT",
                "/connectors/x/config",
                "{\"connector.class\": \"FileStreamSource\", \"tasks.max\": \"none\", \"errors.tolerance\": \"some\"}");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(json(wrong).get("message").asText())
                .startsWith("Connector configuration is invalid and contains the following 3 error(s):\n")
                .contains("'tasks.max'", "'errors.tolerance'", "'topic'");
        assertThat(send("GET", "/connectors/x", "").statusCode())
                .as("nothing was made")
                .isEqualTo(404);
    }

    @Test
    void theWorkerTellsItsVersionItsPluginsAndItsHealth() throws Exception {
        JsonNode root = json(send("GET", "/", ""));
        assertThat(root.get("version").asText()).isEqualTo("4.3.1");
        assertThat(root.get("kafka_cluster_id").asText()).isNotEmpty();
        assertThat(send("GET", "/health", "").body())
                .isEqualTo(
                        "{\"status\":\"healthy\",\"message\":\"Worker has completed startup and is ready to handle requests.\"}");
        assertThat(send("GET", "/connector-plugins", "").body())
                .contains("{\"class\":\"org.apache.kafka.connect.file.FileStreamSourceConnector\",\"type\":\"source\"")
                .doesNotContain("converter");
        assertThat(send("GET", "/connector-plugins?connectorsOnly=false", "").body())
                .contains("\"type\":\"converter\"");
    }

    @Test
    void aConnectorMayBeginStopped() throws Exception {
        Files.writeString(folder.resolve("later"), "one\n");
        String create =
                "{\"name\": \"a b\", \"config\": " + config("later", "later") + ", \"initial_state\": \"STOPPED\"}";
        HttpResponse<String> created = send("POST", "/connectors", create);
        assertThat(created.headers().firstValue("Location")).hasValue("/connectors/a%20b");
        awaitStatus("a%20b", state("STOPPED"));
        assertThat(send("DELETE", "/connectors/a%20b", "").statusCode()).isEqualTo(204);
    }
}
