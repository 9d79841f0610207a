package io.millrace.rest;

import com.fasterxml.jackson.core.type.TypeReference;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import io.millrace.http.Answer;
import io.millrace.http.Call;
import io.millrace.http.HttpFailure;
import io.millrace.http.Routes;
import io.millrace.worker.Worker;
import io.millrace.worker.connector.ConnectorStatus;
import io.millrace.worker.connector.TargetState;
import io.millrace.worker.herder.ClusterConfig;
import io.millrace.worker.herder.Herder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.connect.errors.NotFoundException;
import org.jspecify.annotations.Nullable;

/** {@code /connectors}. */
final class ConnectorRoutes {
    private static final TypeReference<Map<String, String>> CONFIG = new TypeReference<>() {};
    private static final TypeReference<Bodies.CreateConnector> CREATE = new TypeReference<>() {};
    private static final String ONE = "/connectors/{connector}";

    private final Worker worker;
    private final Herder herder;

    ConnectorRoutes(Worker worker) {
        this.worker = worker;
        this.herder = worker.herder();
    }

    void addTo(Routes routes) {
        routes.add("GET", "/connectors", Replies.of(this::list));
        routes.add("POST", "/connectors", Replies.of(this::create));
        routes.add("GET", ONE, Replies.of(call -> Answer.json(200, info(name(call)))));
        routes.add("DELETE", ONE, Replies.of(this::delete));
        routes.add(
                "GET",
                ONE + "/config",
                Replies.of(call -> Answer.json(200, entry(call).config())));
        routes.add("PUT", ONE + "/config", Replies.of(this::putConfig));
        routes.add("PATCH", ONE + "/config", Replies.of(this::patchConfig));
        routes.add("GET", ONE + "/status", Replies.of(call -> Answer.json(200, Bodies.Status.of(status(name(call))))));
        routes.add("POST", ONE + "/restart", Replies.of(this::restart));
        routes.add("PUT", ONE + "/pause", Replies.of(call -> target(call, TargetState.PAUSED, 202)));
        routes.add("PUT", ONE + "/resume", Replies.of(call -> target(call, TargetState.STARTED, 202)));
        routes.add("PUT", ONE + "/stop", Replies.of(call -> target(call, TargetState.STOPPED, 204)));
        routes.add("GET", ONE + "/tasks", Replies.of(this::tasks));
        routes.add("GET", ONE + "/tasks/{task}/status", Replies.of(this::taskStatus));
        routes.add("POST", ONE + "/tasks/{task}/restart", Replies.of(this::restartTask));
    }

    private static String name(Call call) {
        return call.parameter("connector");
    }

    private ClusterConfig.Entry entry(Call call) {
        return herder.entry(name(call));
    }

    private ConnectorStatus status(String name) {
        return herder.status(name).orElseThrow(() -> new NotFoundException("No status found for connector " + name));
    }

    private Bodies.ConnectorInfo info(String name) {
        ClusterConfig.Entry entry = herder.entry(name);
        return Bodies.ConnectorInfo.of(
                name, entry, herder.status(name).map(Bodies::typeOf).orElse("unknown"));
    }

    private Answer list(Call call) {
        List<String> names = List.copyOf(herder.config().connectors().keySet());
        List<String> expansions = call.query().getOrDefault("expand", List.of());
        if (expansions.isEmpty()) {
            return Answer.json(200, names);
        }
        Map<String, Map<String, Object>> expanded = new TreeMap<>();
        for (String name : names) {
            try {
                Map<String, Object> parts = new HashMap<>();
                if (expansions.contains("status")) {
                    parts.put("status", Bodies.Status.of(status(name)));
                }
                if (expansions.contains("info")) {
                    parts.put("info", info(name));
                }
                expanded.put(name, parts);
            } catch (NotFoundException e) {
                // Removed while the list is made: it is left out, as in Connect.
                expanded.remove(name);
            }
        }
        return Answer.json(200, expanded);
    }

    private Answer create(Call call) throws Exception {
        Bodies.CreateConnector wanted = call.json(CREATE);
        Map<String, String> given = wanted.config();
        if (given == null) {
            throw new HttpFailure(400, "The request names no 'config'.");
        }
        String name = Optional.ofNullable(wanted.name()).orElse("").strip();
        Map<String, String> config = named(name, given);
        Optional<TargetState> target = initial(wanted.initialState());
        Replies.await(herder.putConnector(name, validated(name, config), target, false));
        return Answer.json(201, info(name)).at(location(name));
    }

    /** RUNNING, PAUSED or STOPPED (KIP-980). */
    private static Optional<TargetState> initial(@Nullable String state) {
        if (state == null) {
            return Optional.empty();
        }
        return Optional.of(
                switch (state.toUpperCase(Locale.ROOT)) {
                    case "RUNNING" -> TargetState.STARTED;
                    case "PAUSED" -> TargetState.PAUSED;
                    case "STOPPED" -> TargetState.STOPPED;
                    default ->
                        throw new HttpFailure(
                                400, "'initial_state' is '" + state + "'; it may be RUNNING, PAUSED or STOPPED.");
                });
    }

    private Map<String, String> validated(String name, Map<String, String> config) {
        if (name.isEmpty()) {
            throw new HttpFailure(400, "The connector has no name.");
        }
        try {
            return worker.validate(name, config);
        } catch (ProblemException e) {
            if (e.exitCode() == ExitCode.YOURS) {
                throw Replies.invalid(e);
            }
            throw e;
        }
    }

    /** The configuration with the connector's name, which it may hold already. */
    private static Map<String, String> named(String name, Map<String, String> given) {
        String included = given.get("name");
        if (included != null && !included.equals(name)) {
            throw new HttpFailure(
                    400,
                    "Connector name configuration (" + included + ") doesn't match connector name in the URL (" + name
                            + ")");
        }
        Map<String, String> config = new HashMap<>(given);
        config.put("name", name);
        return config;
    }

    private static String location(String name) {
        return "/connectors/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Answer putConfig(Call call) throws Exception {
        return replace(name(call), named(name(call), call.json(CONFIG)));
    }

    private Answer replace(String name, Map<String, String> config) throws Exception {
        boolean created = Replies.await(herder.putConnector(name, validated(name, config), Optional.empty(), true));
        return created ? Answer.json(201, info(name)).at(location(name)) : Answer.json(200, info(name));
    }

    /** A null takes a setting away (KIP-477). */
    private Answer patchConfig(Call call) throws Exception {
        String name = name(call);
        Map<String, String> config = new HashMap<>(entry(call).config());
        call.json(CONFIG).forEach((key, value) -> {
            if (value == null) {
                config.remove(key);
            } else {
                config.put(key, value);
            }
        });
        return replace(name, named(name, config));
    }

    private Answer delete(Call call) throws Exception {
        Replies.await(herder.removeConnector(name(call)));
        return Answer.empty(204);
    }

    private Answer target(Call call, TargetState target, int status) throws Exception {
        if (target != TargetState.STOPPED && !herder.config().connectors().containsKey(name(call))) {
            throw new NotFoundException("Unknown connector " + name(call));
        }
        Replies.await(herder.setTarget(name(call), target));
        return Answer.empty(status);
    }

    private Answer restart(Call call) throws Exception {
        boolean includeTasks = call.flag("includeTasks");
        boolean onlyFailed = call.flag("onlyFailed");
        entry(call);
        ConnectorStatus begun = Replies.await(herder.restart(name(call), includeTasks, onlyFailed));
        return includeTasks || onlyFailed ? Answer.json(202, Bodies.Status.of(begun)) : Answer.empty(204);
    }

    private Answer tasks(Call call) {
        List<Map<String, String>> configs = entry(call).tasks().tasks();
        List<Bodies.TaskInfo> tasks = new ArrayList<>();
        for (int i = 0; i < configs.size(); i++) {
            tasks.add(new Bodies.TaskInfo(new Bodies.TaskId(name(call), i), configs.get(i)));
        }
        return Answer.json(200, tasks);
    }

    private static int task(Call call) {
        try {
            return Integer.parseInt(call.parameter("task"));
        } catch (NumberFormatException e) {
            throw new HttpFailure(404, "'" + call.parameter("task") + "' is no number of a task.");
        }
    }

    private Answer taskStatus(Call call) {
        int number = task(call);
        ConnectorStatus connector = status(name(call));
        return connector.tasks().stream()
                .filter(task -> task.id() == number)
                .findFirst()
                .map(task -> Answer.json(200, Bodies.TaskState.of(task, connector.workerId())))
                .orElseThrow(() -> new NotFoundException("No status found for task " + name(call) + "-" + number));
    }

    private Answer restartTask(Call call) throws Exception {
        Replies.await(herder.restartTask(name(call), task(call)));
        return Answer.empty(204);
    }
}
