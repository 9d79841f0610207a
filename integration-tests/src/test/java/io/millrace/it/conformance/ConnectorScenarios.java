package io.millrace.it.conformance;

import static io.millrace.it.conformance.Stage.items;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The life of a connector: items 8 to 10 and 15 to 19. */
final class ConnectorScenarios {
    private static final Set<String> BEFORE =
            Set.of("validate", "exactlyOnceSupport", "canDefineTransactionBoundaries");

    /** Connect standalone never answers a request whose connector fails over the configurations of its tasks. */
    private static final Set<Kind> NOT_STANDALONE = Set.of(Kind.DISTRIBUTED, Kind.OURS);

    private ConnectorScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("connector-life", ConnectorScenarios::life),
                Scenario.of("connector-update", ConnectorScenarios::update),
                Scenario.of("connector-reconfigures", ConnectorScenarios::reconfigures),
                Scenario.of("connector-raises", ConnectorScenarios::raises),
                Scenario.of("connector-start-throws", stage -> fails(stage, "connector.start=throw connect")),
                new Scenario("connector-configs-throw", NOT_STANDALONE, ConnectorScenarios::configsThrow),
                new Scenario("too-many-tasks", NOT_STANDALONE, stage -> fails(stage, "connector.taskConfigs=extra")),
                Scenario.of("too-many-allowed", ConnectorScenarios::tooManyAllowed));
    }

    private static void life(Stage stage) throws Exception {
        Settings settings = stage.source();
        stage.deploy(settings);
        stage.awaitCalls("task.commitRecord", 3, any -> true);
        stage.delete();
        List<Call> calls = stage.calls();
        Story story = stage.story();

        stage.expect(
                items(8),
                "order",
                story.connector().stream().map(line -> line.split(" ")[2]).toList(),
                List.of("initialize", "start", "taskConfigs", "stop"));
        stage.expect(
                items(8),
                "threads",
                story.by(Call::threadKind, story.started()),
                List.of(
                        "connector.initialize: connector thread",
                        "connector.start: connector thread",
                        "connector.stop: connector thread",
                        "connector.taskConfigs: another thread"));
        stage.expect(
                items(9),
                "start gets the configuration as it was given",
                calls.stream()
                        .anyMatch(call -> call.what().equals("connector.start")
                                && call.detail().equals(new TreeMap<>(settings.map()).toString())),
                true);
        Set<String> started = calls.stream()
                .filter(call -> call.what().equals("connector.start"))
                .map(Call::id)
                .collect(Collectors.toSet());
        stage.expect(
                items(10),
                "an instance that was started is asked besides",
                calls.stream().anyMatch(call -> BEFORE.contains(call.call()) && started.contains(call.id())),
                false);
        stage.expect(
                items(10),
                "validate is asked before the start",
                before(calls, "connector.validate", "connector.start"),
                true);
        stage.expect(
                items(6, 10),
                "class loaders of validate",
                story.by(Call::loaderKind, call -> call.what().equals("connector.validate")),
                List.of("connector.validate: plugin's"));
        stage.expect(
                items(19),
                "context",
                calls.stream()
                        .filter(call -> call.what().equals("connector.initialize"))
                        .map(Call::detail)
                        .toList(),
                List.of("source context, offset reader true"));
    }

    static boolean before(List<Call> calls, String first, String second) {
        List<String> order = calls.stream().map(Call::what).toList();
        int at = order.indexOf(first);
        return at >= 0 && at < order.indexOf(second);
    }

    private static void update(Stage stage) throws Exception {
        stage.deploy(stage.source());
        stage.awaitCalls("task.commitRecord", 3, any -> true);
        stage.deploy(stage.source().with("probe.batches", "3,2"));
        stage.awaitCalls("task.commitRecord", 5, any -> true);
        stage.delete();

        stage.see(items(8, 15), "connector's calls", stage.story().connector());
        stage.see(items(15, 21), "task's calls", stage.story().task(0));
        stage.expect(
                items(38),
                "records arrive",
                stage.topics().values(stage.name()),
                List.of("k1:v1", "k2:v2", "k3:v3", "k4:v4", "k5:v5"));
    }

    private static void reconfigures(Stage stage) throws Exception {
        stage.deploy(stage.source().script("connector.start=when reconfigure1+when reconfigure2"));
        stage.awaitTask(0, "RUNNING");
        stage.awaitCalls("task.commitRecord", 3, any -> true);
        stage.wish("reconfigure1");
        stage.awaitCalls("connector.taskConfigs", 2, any -> true);
        stage.quiet(call -> call.role().equals("connector") || call.what().equals("task.start"));
        stage.expect(items(15), "starts of the task after nothing changed", stage.count("task.start", any -> true), 1);
        List<String> asking = stage.calls().stream()
                .filter(call -> call.what().equals("connector.taskConfigs"))
                .map(Call::threadKind)
                .toList();
        stage.see(items(15), "threads of taskConfigs", asking);
        stage.wish("change");
        stage.wish("reconfigure2");
        stage.awaitCalls("task.start", 2, any -> true);
        stage.awaitTask(0, "RUNNING");
        stage.delete();

        stage.see(items(15), "connector's calls", stage.story().connector());
        stage.see(items(15), "task's calls", stage.story().task(0));
    }

    private static void raises(Stage stage) throws Exception {
        stage.deploy(stage.source().script("connector.start=when raise"));
        stage.awaitTask(0, "RUNNING");
        stage.wish("raise");
        stage.awaitConnector("FAILED");
        long polls = stage.count("task.poll", any -> true);
        stage.awaitCalls("task.poll", (int) polls + 3, any -> true);

        stage.expect(items(16), "state of the connector", stage.toldConnector(), "FAILED");
        stage.expect(items(16), "state of its task", stage.toldTask(0), "RUNNING");
        stage.delete();
        stage.see(items(16), "connector's calls", stage.story().connector());
    }

    private static void fails(Stage stage, String script) throws Exception {
        // Connect standalone answers 500 and has the connector all the same
        stage.tryToDeploy(stage.source().script(script));
        stage.awaitConnector("FAILED");

        stage.expect(items(17, 8), "tasks that were started", stage.count("task.start", any -> true), 0);
        stage.delete();
        stage.see(items(8), "connector's calls", stage.story().connector());
    }

    private static void configsThrow(Stage stage) throws Exception {
        stage.tryToDeploy(stage.source().script("connector.taskConfigs=throw runtime"));
        stage.awaitCall("connector.taskConfigs");
        if (stage.kind().isOurs()) {
            stage.awaitConnector("FAILED");
        }

        stage.see(items(8), "state of the connector", stage.toldConnector());
        stage.expect(items(8), "tasks that were started", stage.count("task.start", any -> true), 0);
        stage.runtime().delete(stage.name());
    }

    private static void tooManyAllowed(Stage stage) throws Exception {
        stage.deploy(stage.source().with("tasks.max.enforce", "false").script("connector.taskConfigs=extra"));
        stage.awaitTask(1, "RUNNING");

        stage.expect(items(17), "state of the task above tasks.max", stage.toldTask(1), "RUNNING");
        stage.delete();
    }
}
