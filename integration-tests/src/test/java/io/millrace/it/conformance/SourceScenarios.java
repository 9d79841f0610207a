package io.millrace.it.conformance;

import static io.millrace.it.conformance.Stage.items;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The life of a source task, and what it is told of its records: items 6, 18, 21 to 36, 40 and 45. */
final class SourceScenarios {
    private static final String RECORD_SENT = "task.commitRecord";
    private static final Predicate<String> ANY = any -> true;

    private SourceScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("source-life", SourceScenarios::life),
                Scenario.of("source-polls-nothing", SourceScenarios::pollsNothing),
                Scenario.of("source-poll-retriable", SourceScenarios::pollRetriable),
                Scenario.of("source-poll-throws", SourceScenarios::pollThrows),
                Scenario.of("source-poll-error", stage -> fails(stage, 25, "task.poll=throw error")),
                Scenario.of("source-initialize-throws", stage -> fails(stage, 23, "task.initialize=throw connect")),
                Scenario.of("source-start-throws", stage -> fails(stage, 23, "task.start=throw connect")),
                Scenario.of("source-fails-once", SourceScenarios::failsOnce),
                Scenario.of("source-stop-throws", SourceScenarios::stopThrows),
                Scenario.of("source-commit-throws", SourceScenarios::commitThrows),
                Scenario.of("source-poll-waits-for-stop", stage -> blocked(stage, "task.poll=wait")),
                Scenario.of("source-poll-hangs", stage -> blocked(stage, "task.poll=hang")),
                Scenario.of("source-two-tasks", SourceScenarios::twoTasks));
    }

    private static void life(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.batches", "2,1").with("transforms.probe.probe.route", "routed"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.awaitCalls("task.commit", 2, ANY);
        if (stage.kind().isExactlyOnce()) {
            stage.expect(
                    items(40),
                    "transactional ids",
                    stage.topics().transactionalIds(stage.name()),
                    List.of("connect-cluster-source-life-0"));
        }
        stage.delete();
        List<Call> calls = stage.calls();
        Story story = stage.story();

        stage.see(items(21, 28, 30, 45), "task's calls", story.task(0));
        stage.see(
                items(21), "threads", story.by(Call::threadKind, story.ofTasks().and(call -> !call.call()
                        .startsWith("commit"))));
        stage.see(
                items(6),
                "class loaders",
                story.by(Call::loaderKind, story.ofTasks().and(call -> !call.what()
                        .equals("task.commit"))));
        stage.expect(items(21, 23), "stops", stage.count("task.stop", ANY), 1);
        stage.see(items(62, 63), "configurations", configurations(calls));
        stage.expect(
                items(18),
                "task.class is told",
                stage.count("task.start", detail -> detail.contains("task.class=probeplugin.ProbeSourceTask")),
                1);
        stage.expect(
                items(24),
                "version is asked before the start",
                ConnectorScenarios.before(calls, "task.version", "task.start"),
                true);
        stage.expect(
                items(25),
                "transforms and converters are closed after the task",
                calls.stream()
                        .dropWhile(call -> !call.what().equals("task.stop"))
                        .map(Call::what)
                        .filter(what -> what.endsWith("close"))
                        .distinct()
                        .sorted()
                        .toList(),
                List.of(
                        "converter.key.close",
                        "converter.value.close",
                        "headerConverter.close",
                        "transformation.close"));
        stage.expect(
                items(41),
                "context",
                details(calls, "task.context"),
                List.of("transactions false, metrics true, same configs true"));
        seeCommits(stage, calls);
        stage.expect(
                items(45),
                "order of conversion",
                story.task(0).stream()
                        .filter(line -> line.contains("v1") || line.contains("k1") || line.contains("h1"))
                        .filter(line ->
                                line.startsWith("conv") || line.startsWith("header") || line.startsWith("trans"))
                        .toList(),
                List.of(
                        "transformation.apply source-life v1",
                        "headerConverter.from routed h=h1",
                        "converter.key.from routed k1 headers [h]",
                        "converter.value.from routed v1 headers [h]"));
    }

    private static List<String> configurations(List<Call> calls) {
        return calls.stream()
                .filter(call -> call.call().equals("configure"))
                .map(call -> call.role() + " " + call.detail())
                .distinct()
                .sorted()
                .toList();
    }

    static List<String> details(List<Call> calls, String what) {
        return calls.stream()
                .filter(call -> call.what().equals(what))
                .map(Call::detail)
                .toList();
    }

    private static void seeCommits(Stage stage, List<Call> calls) {
        boolean once = stage.kind().isExactlyOnce();
        stage.expect(
                items(31, 33),
                "threads of commitRecord",
                kinds(calls, RECORD_SENT),
                List.of(once ? "task thread" : "producer thread"));
        // at the end it comes on the task thread there too
        List<String> committing = kinds(calls, "task.commit");
        stage.expect(items(32, 33), "commit comes on another thread too", committing.contains("another thread"), !once);
        stage.expect(
                items(31, 33),
                "commitRecord",
                details(calls, RECORD_SENT),
                List.of(
                        "v1 of source-life, at 0",
                        "v2 of source-life, at 1",
                        "v3 of source-life, at " + (once ? 3 : 2)));
        if (once) {
            stage.expect(
                    items(6, 33),
                    "class loaders of commit",
                    new Story(calls).by(Call::loaderKind, call -> call.what().equals("task.commit")),
                    List.of("task.commit: plugin's"));
            stage.see(items(33), "acknowledgements", new Story(calls).acknowledged(0));
        }
    }

    private static List<String> kinds(List<Call> calls, String what) {
        return calls.stream()
                .filter(call -> call.what().equals(what))
                .map(Call::threadKind)
                .distinct()
                .sorted()
                .toList();
    }

    private static void pollsNothing(Stage stage) throws Exception {
        stage.deploy(stage.source().script("task.poll#1=null;task.poll#2=empty"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.delete();

        stage.expect(items(28), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
        stage.see(items(28), "task's calls", stage.story().task(0));
    }

    /** The n-th poll, while it still has records to give. */
    private static String polls(int from, int to, String action) {
        StringBuilder script = new StringBuilder();
        for (int n = from; n <= to; n++) {
            script.append(n == from ? "" : ";")
                    .append("task.poll#")
                    .append(n)
                    .append('=')
                    .append(action);
        }
        return script.toString();
    }

    private static void pollRetriable(Stage stage) throws Exception {
        stage.deploy(stage.source().script(polls(1, 5, "throw retriable")));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        List<Long> times = stage.calls().stream()
                .filter(call -> call.what().equals("task.poll"))
                .map(Call::nanos)
                .limit(6)
                .toList();
        stage.delete();

        stage.expect(items(29), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
        stage.expect(
                items(29),
                "five polls that fail take more than 1.5 s",
                times.get(5) - times.get(0) > TimeUnit.MILLISECONDS.toNanos(1500),
                false);
        stage.see(items(29), "task's calls", stage.story().task(0));
    }

    private static void pollThrows(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.batches", "2,1").script("task.poll#2=throw connect"));
        stage.awaitTask(0, "FAILED");
        stage.awaitCalls(RECORD_SENT, 2, ANY);
        stage.delete();
        stage.see(items(25, 23, 36), "task's calls", stage.story().task(0));
        stage.deploy(stage.source().with("probe.batches", "2,1"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.delete();

        stage.expect(
                items(36, 39), "offsets of the lives", details(stage.calls(), "task.offset"), List.of("null", "{n=2}"));
        stage.expect(items(36), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
    }

    private static void fails(Stage stage, int item, String script) throws Exception {
        stage.deploy(stage.source().script(script));
        stage.awaitTask(0, "FAILED");
        stage.expect(items(item), "state of the task", stage.toldTask(0), "FAILED");
        stage.expect(items(item), "state of the connector", stage.toldConnector(), "RUNNING");
        stage.expect(items(item), "the trace tells why", stage.taskTrace(0).contains("thrown by the probe"), true);
        stage.runtime().delete(stage.name());
        stage.awaitCall("task.stop");
        stage.quiet();

        stage.expect(items(item), "stops", stage.count("task.stop", ANY), 1);
        stage.see(items(item), "task's calls", stage.story().task(0));
    }

    private static void failsOnce(Stage stage) throws Exception {
        stage.deploy(stage.source().with("probe.worker", "eager").script("task.poll#1=throw connect"));
        if (stage.kind().isOurs()) {
            stage.awaitCalls(RECORD_SENT, 3, ANY);
        } else {
            stage.awaitTask(0, "FAILED");
            stage.quiet();
        }
        stage.expect(items(25), "lives of the task", stage.count("task.start", ANY), 1);
        stage.delete();
    }

    private static void stopThrows(Stage stage) throws Exception {
        stage.deploy(stage.source().script("task.stop=throw connect;connector.stop=throw connect"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.delete();

        stage.see(items(25), "task's calls", stage.story().task(0));
        stage.see(items(8), "connector's calls", stage.story().connector());
    }

    private static void commitThrows(Stage stage) throws Exception {
        stage.deploy(stage.source()
                .with("probe.batches", "2,1")
                .script("task.commit=throw connect;task.commitRecord=throw connect"));
        stage.awaitCalls(RECORD_SENT, 3, ANY);
        stage.expect(items(31, 32), "state of the task", stage.toldTask(0), "RUNNING");
        stage.delete();

        stage.expect(items(31, 32), "records", stage.topics().values(stage.name()), List.of("k1:v1", "k2:v2", "k3:v3"));
    }

    private static void blocked(Stage stage, String script) throws Exception {
        stage.deploy(stage.source().script(script));
        stage.awaitCall("task.poll");
        long begin = System.nanoTime();
        stage.runtime().delete(stage.name());
        stage.await(
                "it is gone",
                () -> assertThat(stage.runtime().status(stage.name()).status()).isEqualTo(404));
        long took = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        stage.await("it was told to stop or is left alone", () -> assertThat(
                        !stage.kind().isOurs() || stage.count("task.stop", ANY) == 1)
                .isTrue());
        stage.quiet();

        stage.expect(items(27), "the delete takes less than 20 s", took < 20, true);
        stage.expect(items(27), "stops", stage.count("task.stop", ANY), 0);
        stage.see(items(27), "threads of stop", kinds(stage.calls(), "task.stop"));
    }

    private static void twoTasks(Stage stage) throws Exception {
        stage.deploy(stage.source().with("tasks.max", "3").with("probe.tasks", "2"));
        stage.awaitCalls(RECORD_SENT, 6, ANY);
        stage.delete();

        stage.see(items(21), "calls of the second task", stage.story().task(1));
        if (stage.kind().isExactlyOnce()) {
            stage.expect(
                    items(40),
                    "transactional ids",
                    stage.topics().transactionalIds(stage.name()),
                    List.of("connect-cluster-source-two-tasks-0", "connect-cluster-source-two-tasks-1"));
        }
    }
}
