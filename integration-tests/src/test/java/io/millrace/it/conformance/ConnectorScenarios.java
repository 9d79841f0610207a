package io.millrace.it.conformance;

import static io.millrace.it.conformance.Runtime.Wish;
import static io.millrace.it.conformance.Stage.items;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The life of a connector, and what is checked before: items 8 to 20. */
final class ConnectorScenarios {
    private static final Set<String> BEFORE = Set.of("validate", "exactlyOnceSupport", "canDefineTransactionBoundaries");

    /** Connect standalone never answers a request whose connector fails over the configurations of its tasks. */
    private static final Set<Kind> NOT_STANDALONE = Set.of(Kind.DISTRIBUTED, Kind.OURS);

    private ConnectorScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>(List.of(
                Scenario.of("connector-life", ConnectorScenarios::life),
                Scenario.of("connector-update", ConnectorScenarios::update),
                Scenario.of("connector-reconfigures", ConnectorScenarios::reconfigures),
                Scenario.of("connector-raises", ConnectorScenarios::raises),
                Scenario.of("connector-start-throws", stage -> fails(stage, "connector.start=throw connect")),
                new Scenario("connector-configs-throw", NOT_STANDALONE, ConnectorScenarios::configsThrow),
                new Scenario(
                        "too-many-tasks", NOT_STANDALONE, stage -> fails(stage, "connector.taskConfigs=extra")),
                Scenario.of("too-many-allowed", ConnectorScenarios::tooManyAllowed),
                Scenario.of("unknown-keys", ConnectorScenarios::unknownKeys),
                Scenario.of("predicate-of-nobody", ConnectorScenarios::predicateOfNobody)));
        all.addAll(List.of(
                refused("refused-by-validate", 11, settings -> settings.with("probe.refuse", "yes")),
                refused("refused-number", 11, settings -> settings.with("probe.number", "many")),
                refused("refused-tasks-max", 11, settings -> settings.with("tasks.max", "0")),
                refused(
                        "refused-without-declaration",
                        11,
                        settings -> settings.with("connector.class", "probeplugin.UndeclaredSourceConnector")),
                refused("refused-transform", 63, settings -> settings.with("transforms.probe.probe.must", "x")),
                refused("refused-no-type", 63, settings -> settings.with("transforms", "probe,other")),
                refused("refused-tolerance", 59, settings -> settings.with("errors.tolerance", "some")),
                refused("refused-converter", 62, settings -> settings.with("value.converter", "no.such.Converter")),
                refused(
                        "refused-override",
                        43,
                        settings -> settings.with("producer.override.client.dns.lookup", "use_all_dns_ips"))));
        all.addAll(List.of(
                Scenario.notYetOnOurs("connector-paused", ConnectorScenarios::paused),
                Scenario.notYetOnOurs("connector-paused-first", ConnectorScenarios::pausedFirst),
                Scenario.notYetOnOurs("task-restarted-while-paused", ConnectorScenarios::restartedWhilePaused),
                Scenario.notYetOnOurs("connector-stopped", ConnectorScenarios::stopped),
                Scenario.notYetOnOurs("connector-failed-then-stopped", ConnectorScenarios::failedThenStopped),
                Scenario.notYetOnOurs("offsets-altered", ConnectorScenarios::offsetsAltered)));
        return all;
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
                calls.stream().anyMatch(call -> call.what().equals("connector.start")
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

        stage.expect(items(16), "state of the connector", stage.connectorState(), "FAILED");
        stage.expect(items(16), "state of its task", stage.taskState(0), "RUNNING");
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

        stage.see(items(8), "state of the connector", stage.connectorState());
        stage.expect(items(8), "tasks that were started", stage.count("task.start", any -> true), 0);
        stage.runtime().delete(stage.name());
    }

    private static void predicateOfNobody(Stage stage) throws Exception {
        Runtime.Answer answer = stage.tryToDeploy(stage.source().with("transforms.probe.predicate", "nobody"));

        stage.see(items(63), "answer", answer.status() / 100);
        stage.runtime().delete(stage.name());
    }

    private static void tooManyAllowed(Stage stage) throws Exception {
        stage.deploy(stage.source()
                .with("tasks.max.enforce", "false")
                .script("connector.taskConfigs=extra"));
        stage.awaitTask(1, "RUNNING");

        stage.expect(items(17), "state of the task above tasks.max", stage.taskState(1), "RUNNING");
        stage.delete();
    }

    private static void unknownKeys(Stage stage) throws Exception {
        Settings settings = stage.source().with("tasks.maxx", "3");
        Runtime.Answer answer = stage.tryToDeploy(settings);

        stage.expect(items(12), "is taken", answer.isGood(), true);
        stage.awaitCall("connector.start");
        stage.expect(
                items(12),
                "the connector gets the key",
                stage.count("connector.start", detail -> detail.contains("tasks.maxx=3")),
                1);
        stage.delete();
    }

    private interface Change {
        Settings of(Settings settings);
    }

    private static Scenario refused(String name, int item, Change change) {
        return Scenario.of(name, stage -> {
            Runtime.Answer answer = stage.tryToDeploy(change.of(stage.source()));

            stage.expect(items(item), "answer", answer.status(), 400);
            stage.expect(items(item), "is started", stage.count("connector.start", any -> true), 0);
            if (answer.isGood()) {
                stage.delete();
            }
        });
    }

    private static void paused(Stage stage) throws Exception {
        stage.deploy(stage.source());
        stage.awaitCalls("task.commitRecord", 3, any -> true);
        stage.runtime().wish(stage.name(), Wish.PAUSE);
        stage.awaitConnector("PAUSED");
        stage.awaitTask(0, "PAUSED");
        stage.quiet();
        stage.expect(items(13), "calls of stop while it is paused", stops(stage), List.of("connector 1", "task 0"));
        stage.runtime().wish(stage.name(), Wish.RESUME);
        stage.awaitConnector("RUNNING");
        stage.awaitTask(0, "RUNNING");
        stage.delete();

        stage.expect(
                items(13),
                "connector's calls",
                stage.story().connector().stream().map(line -> line.split(" ")[1] + line.split(" ")[2]).toList(),
                List.of("1:initialize", "1:start", "1:taskConfigs", "1:stop", "1:start", "1:taskConfigs", "1:stop"));
        stage.expect(items(13), "lives of the task", stage.count("task.initialize", any -> true), 1);
    }

    private static List<String> stops(Stage stage) throws Exception {
        return List.of(
                "connector " + stage.count("connector.stop", any -> true),
                "task " + stage.count("task.stop", any -> true));
    }

    private static void restartedWhilePaused(Stage stage) throws Exception {
        stage.deploy(stage.source());
        stage.awaitCalls("task.commitRecord", 3, any -> true);
        stage.runtime().wish(stage.name(), Wish.PAUSE);
        stage.awaitTask(0, "PAUSED");
        stage.await("the task is restarted", () -> {
            Runtime.Answer answer = stage.runtime().restartTask(stage.name(), 0);
            assertThat(answer.isGood()).as(answer.status() + " " + answer.body()).isTrue();
        });
        stage.awaitCall("task.stop");
        stage.quiet();
        stage.expect(items(22), "lives of the task before the resume", stage.count("task.initialize", any -> true), 1);
        stage.runtime().wish(stage.name(), Wish.RESUME);
        stage.awaitCalls("task.start", 2, any -> true);
        stage.delete();

        stage.expect(items(22), "lives of the task", stage.count("task.initialize", any -> true), 2);
    }

    private static void pausedFirst(Stage stage) throws Exception {
        stage.runtime().create(stage.name(), stage.source().map(), "PAUSED");
        stage.awaitConnector("PAUSED");
        stage.quiet();
        stage.expect(items(13, 22), "starts before the resume", stage.count("connector.start", any -> true), 0);
        stage.runtime().wish(stage.name(), Wish.RESUME);
        stage.awaitCalls("task.commitRecord", 3, any -> true);
        stage.delete();

        stage.expect(items(13, 22), "lives of the task", stage.count("task.initialize", any -> true), 1);
    }

    private static void stopped(Stage stage) throws Exception {
        stage.deploy(stage.source());
        stage.awaitCalls("task.commitRecord", 3, any -> true);
        stage.runtime().wish(stage.name(), Wish.STOP);
        stage.awaitConnector("STOPPED");
        stage.await(
                "its tasks are gone",
                () -> assertThat(stage.taskState(0)).isEmpty());
        stage.quiet();
        stage.expect(items(14), "calls of stop", stops(stage), List.of("connector 1", "task 1"));
        stage.runtime().wish(stage.name(), Wish.RESUME);
        stage.awaitTask(0, "RUNNING");
        stage.delete();

        stage.see(items(14), "connector's calls", stage.story().connector());
        stage.expect(items(14), "lives of the task", stage.count("task.initialize", any -> true), 2);
    }

    private static void failedThenStopped(Stage stage) throws Exception {
        stage.deploy(stage.source().script("connector.start=throw connect"));
        stage.awaitConnector("FAILED");
        stage.runtime().wish(stage.name(), Wish.PAUSE);
        stage.quiet();
        stage.expect(items(14), "state after a pause", stage.connectorState(), "FAILED");
        stage.runtime().wish(stage.name(), Wish.STOP);
        stage.awaitConnector("STOPPED");
        stage.expect(items(14), "state after a stop", stage.connectorState(), "STOPPED");
        stage.delete();
    }

    /** While the tasks that were stopped are being fenced, the worker refuses. */
    private static void alter(Stage stage, String offsets) throws Exception {
        stage.await("offsets are altered", () -> {
            Runtime.Answer answer = stage.runtime().alterOffsets(stage.name(), offsets);
            assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        });
    }

    private static void offsetsAltered(Stage stage) throws Exception {
        String five = "{\"offsets\": [{\"partition\": {\"p\": \"0\"}, \"offset\": {\"n\": 5}}]}";
        stage.deploy(stage.source().with("probe.batches", "3,2,1"));
        stage.awaitCalls("task.commitRecord", 6, any -> true);
        stage.expect(
                items(20),
                "refused while it runs",
                stage.runtime().alterOffsets(stage.name(), five).isGood(),
                false);
        stage.runtime().wish(stage.name(), Wish.STOP);
        stage.awaitConnector("STOPPED");
        stage.quiet();
        alter(stage, five);
        stage.see(
                items(20), "offsets", stage.runtime().offsets(stage.name()).body().toString());
        stage.runtime().wish(stage.name(), Wish.RESUME);
        stage.awaitCalls("task.commitRecord", 7, any -> true);
        stage.runtime().wish(stage.name(), Wish.STOP);
        stage.awaitConnector("STOPPED");
        stage.quiet();
        alter(stage, null);
        stage.delete();

        stage.expect(
                items(20),
                "alterOffsets",
                stage.calls().stream()
                        .filter(call -> call.what().equals("connector.alterOffsets"))
                        .map(call -> call.detail() + ", " + call.loaderKind())
                        .distinct()
                        .toList(),
                List.of("{{p=0}={n=5}}, plugin's", "{{p=0}=null}, plugin's"));
    }
}
