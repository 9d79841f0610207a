package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Apache Kafka's own Connect worker, as its own process and on its own class path: none of Millrace is on it, and its libraries are in the
 * versions that Kafka ships. Connectors come and go by its REST interface.
 */
public final class ConnectWorker implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final MillraceProcess process;
    private final URI url;
    private final HttpClient client = HttpClient.newHttpClient();

    private ConnectWorker(MillraceProcess process, URI url) {
        this.process = process;
        this.url = url;
    }

    /**
     * A worker of a cluster.
     *
     * @param folder for its settings; made for it
     * @param settings of the worker; where its REST interface listens is added
     * @param environment more of it
     * @param options of its JVM
     */
    public static ConnectWorker distributed(
            Path folder, Map<String, String> settings, Map<String, String> environment, List<String> options)
            throws IOException {
        return start(folder, "ConnectDistributed", settings, environment, options, Map.of());
    }

    /**
     * A worker by itself, as on a machine at the edge, with connectors that it is started with.
     *
     * @param connectors name to configuration
     */
    public static ConnectWorker standalone(
            Path folder,
            Map<String, String> settings,
            Map<String, String> environment,
            Map<String, Map<String, String>> connectors)
            throws IOException {
        Map<String, String> own = new TreeMap<>(settings);
        own.put("offset.storage.file.filename", folder.resolve("offsets").toString());
        return start(folder, "ConnectStandalone", own, environment, List.of(), connectors);
    }

    private static ConnectWorker start(
            Path folder,
            String main,
            Map<String, String> settings,
            Map<String, String> environment,
            List<String> options,
            Map<String, Map<String, String>> connectors)
            throws IOException {
        Files.createDirectories(folder);
        URI url = URI.create("http://127.0.0.1:" + Ports.free() + "/");
        Map<String, String> all = new TreeMap<>(settings);
        all.put("listeners", url.toString().replaceAll("/$", ""));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of(
                "-Dlog4j2.configurationFile=" + Distribution.project().resolve("configs/log4j2-test.xml"),
                "-cp",
                Distribution.project().resolve("integration-tests/connect-runtime/target/lib") + File.separator + "*",
                "org.apache.kafka.connect.cli." + main,
                properties(folder.resolve("worker.properties"), all).toString()));
        for (Map.Entry<String, Map<String, String>> connector : connectors.entrySet()) {
            Map<String, String> config = new TreeMap<>(connector.getValue());
            config.put("name", connector.getKey());
            command.add(properties(folder.resolve(connector.getKey() + ".properties"), config)
                    .toString());
        }
        return new ConnectWorker(MillraceProcess.startCommand(folder, environment, command), url);
    }

    private static Path properties(Path file, Map<String, String> settings) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        return file;
    }

    /** Waits until it answers. */
    public void awaitStarted() throws Exception {
        Await.until(STARTS_WITHIN, () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("Kafka Connect ended:\n" + process.output());
            }
            assertThat(answers())
                    .as("Kafka Connect answers; it printed:\n%s", process.output())
                    .isTrue();
        });
    }

    /** The plugins it found, by the names of their classes. */
    public List<String> plugins() throws IOException, InterruptedException {
        List<String> classes = new ArrayList<>();
        JSON.readTree(get("connector-plugins?connectorsOnly=false").body())
                .forEach(plugin -> classes.add(plugin.required("class").asText()));
        return classes;
    }

    /** Makes a connector, or gives it another configuration. Where the worker refuses it, that is the error. */
    public void put(String name, Map<String, String> config) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(url.resolve("connectors/" + name + "/config"))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(config)))
                .build();
        HttpResponse<String> response = Await.value(STARTS_WITHIN, () -> {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            // the cluster is being shared out
            assertThat(answer.statusCode()).as(answer.body()).isNotIn(404, 409, 500, 503);
            return answer;
        });
        assertThat(response.statusCode())
                .as("connector '%s': %s", name, response.body())
                .isIn(200, 201);
    }

    /** Waits until its task runs; one that failed is an error at once. */
    public void awaitRunning(String name) throws Exception {
        Await.until(STARTS_WITHIN, () -> {
            HttpResponse<String> response = get("connectors/" + name + "/status");
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonNode status = JSON.readTree(response.body());
            assertNotFailed(status);
            assertThat(status.required("tasks"))
                    .as("tasks of connector '%s'; the worker printed:\n%s", name, process.output())
                    .isNotEmpty()
                    .allMatch(task -> task.required("state").asText().equals("RUNNING"));
        });
    }

    private static void assertNotFailed(JsonNode status) {
        for (JsonNode state : status.findParents("state")) {
            if (state.required("state").asText().equals("FAILED")) {
                throw new IllegalStateException(status.toPrettyString().replace("\\n", "\n"));
            }
        }
    }

    private boolean answers() throws IOException, InterruptedException {
        try {
            return get("connectors").statusCode() == 200;
        } catch (ConnectException e) {
            return false;
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(url.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** What it printed so far. */
    public String output() {
        return process.output();
    }

    /** Asks it to stop, and waits for the end. */
    public int stop() throws InterruptedException {
        return process.stop();
    }

    /** Waits for the kill that a {@link KillPoint} brings. */
    public void awaitKilled(Duration timeout) throws InterruptedException {
        assertThat(process.awaitExit(timeout)).as(process.output()).isEqualTo(MillraceProcess.KILLED);
    }

    @Override
    public void close() {
        process.close();
    }
}
