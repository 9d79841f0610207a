package io.millrace.it.conformance;

import static io.millrace.it.conformance.Stage.items;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/** The life of a sink task: items 6, 18, 19, 23, 27, 46 to 52, 55, 57 and 58. */
final class SinkScenarios {
    private static final Predicate<String> ANY = any -> true;
    private static final Predicate<String> SOME = detail -> !detail.equals("[]");

    private SinkScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("sink-life", SinkScenarios::life),
                Scenario.of("sink-put-retriable", SinkScenarios::putRetriable),
                Scenario.of("sink-put-throws", SinkScenarios::putThrows),
                Scenario.of("sink-open-throws", stage -> fails(stage, "task.open=throw connect")),
                Scenario.of("sink-start-throws", stage -> fails(stage, "task.start=throw connect")),
                Scenario.of("sink-drops", SinkScenarios::drops),
                Scenario.of("sink-routes", SinkScenarios::routes),
                Scenario.of("sink-regex", SinkScenarios::regex),
                Scenario.of("sink-put-hangs", SinkScenarios::putHangs),
                Scenario.of("sink-reads-aborted", SinkScenarios::readsAborted),
                refused("sink-topics-twice", "topics.regex", settings -> settings.with("topics.regex", "a.*")),
                refused("sink-topics-none", "topics", settings -> settings.without("topics")),
                refused(
                        "sink-reads-its-letters",
                        "some-topic",
                        settings -> settings.with("errors.deadletterqueue.topic.name", "some-topic")));
    }

    private static void life(Stage stage) throws Exception {
        stage.topics().filled("sink-life", 3);
        stage.deploy(stage.sink("sink-life"));
        stage.awaitCalls("task.put", 1, SOME);
        stage.awaitCalls("task.put", 1, detail -> detail.equals("[]"));
        stage.awaitCalls("task.flush", 1, detail -> detail.contains("=3"));
        stage.expect(items(58), "group", stage.topics().groups().contains("connect-sink-life"), true);
        stage.delete();
        List<Call> calls = stage.calls();
        Story story = stage.story();

        stage.see(items(46, 50, 55), "task's calls", story.task(0));
        stage.see(items(8), "connector's calls", story.connector());
        stage.expect(
                items(46),
                "assignment in start, then in open",
                details(calls, "task.assignment"),
                List.of("[]", "[sink-life-0]"));
        stage.expect(
                items(18),
                "topics and class are told",
                stage.count(
                        "task.start",
                        detail -> detail.contains("topics=sink-life,")
                                && detail.contains("task.class=probeplugin.ProbeSinkTask")),
                1);
        stage.expect(
                items(19),
                "context of the connector",
                details(calls, "connector.initialize"),
                List.of("other context, offset reader false"));
        stage.expect(
                items(51),
                "records are a subclass",
                details(calls, "task.batch"),
                List.of("a subclass of SinkRecord true"));
        stage.expect(
                items(57),
                "context",
                details(calls, "task.context"),
                List.of("reporter false, metrics true, same configs true"));
        stage.see(items(6), "class loaders", story.by(Call::loaderKind, story.ofTasks()));
        stage.see(items(21), "threads", story.by(Call::threadKind, story.ofTasks()));
        stage.expect(items(52, 55), "committed", committed(stage), 3);
        stage.expect(items(48), "puts of nothing", stage.count("task.put", detail -> detail.equals("[]")) > 0, true);
        stage.expect(items(52, 55), "flush without preCommit", flushesAlone(calls), 0);
    }

    private static long flushesAlone(List<Call> calls) {
        List<String> asked = calls.stream()
                .map(Call::what)
                .filter(what -> what.matches("task.(preCommit|flush)"))
                .toList();
        return IntStream.range(0, asked.size())
                .filter(i -> asked.get(i).equals("task.flush")
                        && (i == 0 || !asked.get(i - 1).equals("task.preCommit")))
                .count();
    }

    static long committed(Stage stage) throws Exception {
        return stage.topics().committed("connect-" + stage.name(), new TopicPartition(stage.name(), 0));
    }

    static List<String> details(List<Call> calls, String what) {
        return calls.stream()
                .filter(call -> call.what().equals(what))
                .map(Call::detail)
                .toList();
    }

    private static void putRetriable(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(stage.sink(stage.name()).script("task.put=timeout 3000").with("probe.fail", "v2=retriable*1"));
        stage.awaitCalls("task.put", 2, SOME);
        stage.awaitCalls("task.flush", 1, detail -> detail.contains("=3"));
        List<Long> puts = stage.calls().stream()
                .filter(call -> call.what().equals("task.put") && SOME.test(call.detail()))
                .map(Call::nanos)
                .toList();
        stage.delete();

        stage.see(items(49), "task's calls", stage.story().task(0));
        // the next commit comes before
        stage.see(
                items(49),
                "the same comes again after the whole time",
                puts.get(1) - puts.get(0) >= TimeUnit.MILLISECONDS.toNanos(2900));
        stage.expect(items(49), "committed", committed(stage), 3);
    }

    private static void putThrows(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(stage.sink(stage.name()).with("probe.fail", "v2=connect"));
        stage.awaitTask(0, "FAILED");
        stage.expect(items(49), "state of the connector", stage.toldConnector(), "RUNNING");
        stage.delete();

        stage.see(items(49, 55), "task's calls", stage.story().task(0));
        stage.expect(items(49, 55), "is anything committed", committed(stage) > 0, false);
    }

    private static void fails(Stage stage, String script) throws Exception {
        stage.topics().filled(stage.name(), 1);
        stage.deploy(stage.sink(stage.name()).script(script));
        stage.awaitTask(0, "FAILED");
        stage.expect(items(23), "the trace tells why", stage.taskTrace(0).contains("thrown by the probe"), true);
        stage.delete();

        stage.expect(items(23), "stops", stage.count("task.stop", ANY), 1);
        stage.see(items(23), "task's calls", stage.story().task(0));
    }

    private static void drops(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(stage.sink(stage.name()).with("transforms.probe.probe.drop", "v1,v3"));
        stage.awaitCalls("task.flush", 1, detail -> detail.contains("=3"));
        stage.delete();

        stage.see(items(52, 60), "task's calls", stage.story().task(0));
        stage.expect(items(52), "committed", committed(stage), 3);
    }

    private static void routes(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 2);
        stage.deploy(stage.sink(stage.name()).with("transforms.probe.probe.route", "elsewhere"));
        stage.awaitCalls("task.flush", 1, detail -> detail.contains("=2"));
        stage.delete();

        stage.see(items(50, 52), "task's calls", stage.story().task(0));
        stage.expect(items(50, 52), "committed", committed(stage), 2);
    }

    private static void regex(Stage stage) throws Exception {
        stage.topics().filled("sink-regex-one", 1);
        stage.topics().filled("other-sink-regex", 1);
        stage.deploy(stage.sink("none").without("topics").with("topics.regex", "sink-regex-.*"));
        stage.awaitCalls("task.put", 1, SOME);
        stage.topics().filled("sink-regex-two", 1);
        stage.awaitCalls("task.put", 2, SOME);
        stage.delete();

        stage.expect(
                items(58),
                "topics read",
                details(stage.calls(), "converter.value.to"),
                List.of("sink-regex-one v1 headers [h]", "sink-regex-two v1 headers [h]"));
        stage.expect(
                items(18),
                "topics.regex is told",
                stage.count("task.start", detail -> detail.contains("topics.regex=sink-regex-.*")),
                1);
    }

    private static void putHangs(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 1);
        stage.deploy(stage.sink(stage.name()).script("task.put=hang"));
        stage.awaitCall("task.put");
        long begin = System.nanoTime();
        stage.runtime().delete(stage.name());
        stage.await(
                "it is gone",
                () -> assertThat(stage.runtime().status(stage.name()).status()).isEqualTo(404));
        long took = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        if (stage.kind().isOurs()) {
            stage.awaitCall("task.stop");
        } else {
            stage.quiet();
        }

        stage.expect(items(27), "the delete takes less than 20 s", took < 20, true);
        stage.expect(items(27), "stops", stage.count("task.stop", ANY), 0);
        stage.expect(items(27), "is anything committed", committed(stage) > 0, false);
    }

    private static void readsAborted(Stage stage) throws Exception {
        stage.topics().create(stage.name(), 1);
        stage.topics().abort(stage.name(), "never");
        stage.topics().produce(stage.name(), 0, 1, 1);
        stage.deploy(stage.sink(stage.name()));
        stage.awaitCalls("task.put", 1, detail -> detail.contains("v1"));
        stage.delete();

        stage.expect(
                items(58),
                "values of an aborted transaction",
                details(stage.calls(), "converter.value.to").stream()
                        .filter(detail -> detail.contains("never"))
                        .count(),
                1);
    }

    private interface Change {
        Settings of(Settings settings);
    }

    private static Scenario refused(String name, String mentioned, Change change) {
        return Scenario.of(name, stage -> {
            Runtime.Answer answer = stage.tryToDeploy(change.of(stage.sink("some-topic")));

            stage.expect(items(58), "answer", answer.status(), 400);
            stage.expect(
                    items(58),
                    "tells of " + mentioned,
                    answer.body().path("message").asText().contains(mentioned),
                    true);
        });
    }
}
