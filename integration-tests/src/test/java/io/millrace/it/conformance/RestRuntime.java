package io.millrace.it.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.broker.BrokerLite;
import io.millrace.it.harness.Await;
import io.millrace.it.harness.MillraceProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A worker in a process and on a broker of its own, led by Connect's REST interface. */
final class RestRuntime implements Runtime {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(90);
    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(60);
    private static final int CONFLICT = 409;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Kind kind;
    private final BrokerLite broker;
    private final MillraceProcess process;
    private final URI url;
    private final TraceFile trace;
    private final HttpClient client = HttpClient.newHttpClient();

    RestRuntime(Kind kind, BrokerLite broker, MillraceProcess process, URI url, TraceFile trace) {
        this.kind = kind;
        this.broker = broker;
        this.process = process;
        this.url = url;
        this.trace = trace;
    }

    /** Waits until it answers. */
    void awaitStarted() throws Exception {
        Await.until(STARTS_WITHIN, () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException(kind + " ended:\n" + process.output());
            }
            try {
                if (!send("GET", "connectors", null).isGood()) {
                    throw new AssertionError(kind + " is not ready; it printed:\n" + process.output());
                }
            } catch (IOException e) {
                throw new AssertionError(kind + " does not answer; it printed:\n" + process.output(), e);
            }
        });
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    @Override
    public Answer put(String connector, Map<String, String> config) throws Exception {
        return settled("PUT", "connectors/" + connector + "/config", JSON.writeValueAsString(config));
    }

    @Override
    public Answer create(String connector, Map<String, String> config, String initialState) throws Exception {
        return settled(
                "POST",
                "connectors",
                JSON.writeValueAsString(Map.of("name", connector, "config", config, "initial_state", initialState)));
    }

    @Override
    public Answer delete(String connector) throws Exception {
        return settled("DELETE", "connectors/" + connector, null);
    }

    @Override
    public Answer wish(String connector, Wish wish) throws Exception {
        String path = "connectors/" + connector + "/" + wish.name().toLowerCase(Locale.ROOT);
        return settled(wish == Wish.RESTART ? "POST" : "PUT", path, null);
    }

    @Override
    public Answer restartTask(String connector, int task) throws Exception {
        return settled("POST", "connectors/" + connector + "/tasks/" + task + "/restart", null);
    }

    @Override
    public Answer status(String connector) throws Exception {
        return send("GET", "connectors/" + connector + "/status", null);
    }

    @Override
    public Answer offsets(String connector) throws Exception {
        return settled("GET", "connectors/" + connector + "/offsets", null);
    }

    @Override
    public Answer alterOffsets(String connector, String offsets) throws Exception {
        return settled(offsets == null ? "DELETE" : "PATCH", "connectors/" + connector + "/offsets", offsets);
    }

    /** The cluster may be sharing out its work, or have another request under way. */
    private Answer settled(String method, String path, String body) throws Exception {
        return Await.value(SETTLES_WITHIN, () -> {
            Answer answer = send(method, path, body);
            if (answer.status() == CONFLICT) {
                throw new AssertionError(kind + " does something else first: " + answer.body());
            }
            return answer;
        });
    }

    private Answer send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url.resolve(path))
                .header("Content-Type", "application/json")
                .timeout(SETTLES_WITHIN)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode answer = response.body().isBlank() ? MissingNode.getInstance() : JSON.readTree(response.body());
        return new Answer(response.statusCode(), answer);
    }

    @Override
    public List<Call> calls(String connector) throws IOException {
        return trace.of(connector);
    }

    @Override
    public String output() {
        return process.output();
    }

    @Override
    public void close() {
        process.close();
        broker.close();
    }
}
