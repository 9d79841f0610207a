package io.millrace.it.conformance;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.worker.Worker;
import io.millrace.worker.WorkerConfig;
import io.millrace.worker.connector.ConnectorStatus;
import io.millrace.worker.connector.TargetState;
import io.millrace.worker.fault.Backoff;
import io.millrace.worker.fault.RestartBackoff;
import io.millrace.worker.task.TaskStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * Our worker in a process of its own, behind those paths of Connect's REST interface that its Java API can serve; the others answer 501.
 * Arguments: the broker, the port to listen on, the plugin path. A connector whose configuration has {@code probe.worker=eager} runs on a second
 * worker, which starts again at once what failed; on the first nothing is started again.
 */
final class OurWorker {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> CONFIG = new TypeReference<>() {};
    private static final Duration NOT_SOON = Duration.ofHours(1);

    private final Worker patient;
    private final Worker eager;
    private final Map<String, Worker> places = new ConcurrentHashMap<>();

    private OurWorker(Worker patient, Worker eager) {
        this.patient = patient;
        this.eager = eager;
    }

    public static void main(String[] arguments) throws IOException {
        Plugins plugins = Plugins.scan(List.of(Path.of(arguments[2])));
        OurWorker worker = new OurWorker(
                worker(arguments[0], "connect-cluster", new Backoff(NOT_SOON, NOT_SOON), plugins),
                worker(
                        arguments[0],
                        "connect-eager",
                        new Backoff(Duration.ofMillis(50), Duration.ofMillis(100)),
                        plugins));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[1])), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", worker::answer);
        server.start();
    }

    private static Worker worker(String broker, String group, Backoff restarts, Plugins plugins) {
        return Worker.start(
                WorkerConfig.at(broker)
                        .groupId(group)
                        .offsetTopic("connect-offsets", 1, (short) 1)
                        .converters(Map.of(
                                "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                                "value.converter", "org.apache.kafka.connect.storage.StringConverter"))
                        .offsetFlushInterval(Duration.ofMillis(Long.parseLong(System.getProperty("probe.flush.ms"))))
                        .gracefulShutdown(Duration.ofMillis(Long.parseLong(System.getProperty("probe.graceful.ms"))))
                        .restarts(new RestartBackoff.Policy(restarts, NOT_SOON))
                        .build(),
                plugins);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().substring(1).split("/");
        try (exchange) {
            try {
                handle(exchange, path);
            } catch (ProblemException e) {
                send(exchange, 400, Map.of("error_code", 400, "message", e.getMessage()));
            } catch (RuntimeException e) {
                send(exchange, 500, Map.of("error_code", 500, "message", String.valueOf(e)));
            }
        }
    }

    private void handle(HttpExchange exchange, String[] path) throws IOException {
        String request = exchange.getRequestMethod() + " " + (path.length > 2 ? path[2] : path.length);
        switch (request) {
            case "GET 1" -> send(exchange, 200, places.keySet());
            case "PUT config" -> {
                Map<String, String> config = JSON.readValue(exchange.getRequestBody(), CONFIG);
                Worker place = "eager".equals(config.get("probe.worker")) ? eager : patient;
                place.deploy(path[1], config);
                places.put(path[1], place);
                send(exchange, 200, Map.of("name", path[1]));
            }
            case "POST 1" -> create(exchange);
            case "PUT pause" -> target(exchange, path[1], TargetState.PAUSED, 202);
            case "PUT resume" -> target(exchange, path[1], TargetState.STARTED, 202);
            case "PUT stop" -> target(exchange, path[1], TargetState.STOPPED, 204);
            case "POST restart" -> {
                place(path[1]).herder().restart(path[1], false, false).join();
                exchange.sendResponseHeaders(204, -1);
            }
            case "POST tasks" -> {
                place(path[1])
                        .herder()
                        .restartTask(path[1], Integer.parseInt(path[3]))
                        .join();
                exchange.sendResponseHeaders(204, -1);
            }
            case "DELETE 2" -> {
                Worker place = places.remove(path[1]);
                if (place != null) {
                    place.undeploy(path[1]);
                }
                exchange.sendResponseHeaders(place == null ? 404 : 204, -1);
            }
            case "GET status" -> {
                Optional<Map<String, Object>> status = status(path[1]);
                send(exchange, status.isPresent() ? 200 : 404, status.orElse(Map.of()));
            }
            default -> send(exchange, 501, Map.of("error_code", 501, "message", "not yet on ours"));
        }
    }

    private Worker place(String name) {
        return Optional.ofNullable(places.get(name)).orElse(patient);
    }

    private void create(HttpExchange exchange) throws IOException {
        JsonNode wanted = JSON.readTree(exchange.getRequestBody());
        String name = wanted.get("name").asText();
        Map<String, String> config = JSON.convertValue(wanted.get("config"), CONFIG);
        TargetState target = wanted.get("initial_state").asText().equals("RUNNING")
                ? TargetState.STARTED
                : TargetState.valueOf(wanted.get("initial_state").asText());
        Map<String, String> valid = patient.validate(name, config);
        patient.herder().putConnector(name, valid, Optional.of(target), false).join();
        places.put(name, patient);
        send(exchange, 201, Map.of("name", name));
    }

    private void target(HttpExchange exchange, String name, TargetState target, int status) throws IOException {
        place(name).herder().setTarget(name, target).join();
        exchange.sendResponseHeaders(status, -1);
    }

    private Optional<Map<String, Object>> status(String name) {
        return Optional.ofNullable(places.get(name)).flatMap(place -> place.status().stream()
                .filter(status -> status.name().equals(name))
                .findFirst()
                .map(OurWorker::json));
    }

    private static Map<String, Object> json(ConnectorStatus status) {
        List<Map<String, Object>> tasks = new ArrayList<>();
        for (TaskStatus task : status.tasks()) {
            Map<String, Object> one = state(task.state().name(), task.trace());
            one.put("id", task.id());
            tasks.add(one);
        }
        return Map.of("name", status.name(), "connector", state(status.state().name(), status.trace()), "tasks", tasks);
    }

    private static Map<String, Object> state(String state, Optional<String> trace) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("state", state);
        trace.ifPresent(text -> json.put("trace", text));
        return json;
    }

    private static void send(HttpExchange exchange, int status, Object body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
