package io.millrace.it.conformance;

import static io.millrace.it.conformance.Stage.items;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;

/** Sink tasks: items 46 to 58. */
final class SinkScenarios {
    private static final Predicate<String> ANY = any -> true;
    private static final Predicate<String> SOME = detail -> !detail.equals("[]");

    private SinkScenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>(List.of(
                Scenario.of("sink-life", SinkScenarios::life),
                Scenario.of("sink-moves-in-start", SinkScenarios::movesInStart),
                Scenario.of("sink-moves-in-open", stage -> moves(stage, "task.open=offset sink-moves-in-open-0 3")),
                Scenario.of("sink-put-retriable", SinkScenarios::putRetriable),
                Scenario.of("sink-put-throws", SinkScenarios::putThrows),
                Scenario.of("sink-open-throws", stage -> fails(stage, "task.open=throw connect")),
                Scenario.of("sink-start-throws", stage -> fails(stage, "task.start=throw connect")),
                Scenario.of("sink-drops", SinkScenarios::drops),
                Scenario.of("sink-routes", SinkScenarios::routes),
                Scenario.of("sink-commits-nothing", stage -> answers(stage, "nothing", -1)),
                Scenario.of("sink-commits-behind", stage -> answers(stage, "behind", 1)),
                Scenario.of("sink-commits-ahead", stage -> answers(stage, "ahead", -1)),
                Scenario.of("sink-commits-foreign", stage -> answers(stage, "foreign", 3)),
                Scenario.of("sink-flush-throws", SinkScenarios::flushThrows)));
        all.addAll(List.of(
                Scenario.of("sink-close-throws", SinkScenarios::closeThrows),
                Scenario.of("sink-rebalances", SinkScenarios::rebalances),
                Scenario.of("sink-pauses", SinkScenarios::pauses),
                Scenario.of("sink-regex", SinkScenarios::regex),
                refused("sink-topics-twice", settings -> settings.with("topics.regex", "a.*")),
                refused("sink-topics-none", settings -> settings.without("topics")),
                refused(
                        "sink-reads-its-letters",
                        settings -> settings.with("errors.deadletterqueue.topic.name", "some-topic")),
                Scenario.notYetOnOurs("sink-connector-paused", SinkScenarios::connectorPaused),
                Scenario.notYetOnOurs("sink-offsets-altered", SinkScenarios::offsetsAltered)));
        return all;
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
        stage.expect(items(19), "context of the connector", details(calls, "connector.initialize"), List.of(
                "other context, offset reader false"));
        stage.expect(items(51), "records are a subclass", details(calls, "task.batch"), List.of(
                "a subclass of SinkRecord true"));
        stage.expect(items(57), "context", details(calls, "task.context"), List.of(
                "reporter false, metrics true, same configs true"));
        stage.see(items(6), "class loaders", story.by(Call::loaderKind, story.ofTasks()));
        stage.see(items(21), "threads", story.by(Call::threadKind, story.ofTasks()));
        stage.expect(items(52, 55), "committed", committed(stage), 3);
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

    private static long committed(Stage stage) throws Exception {
        return stage.topics().committed("connect-" + stage.name(), new TopicPartition(stage.name(), 0));
    }

    private static List<String> details(List<Call> calls, String what) {
        return calls.stream()
                .filter(call -> call.what().equals(what))
                .map(Call::detail)
                .toList();
    }

    private static void moves(Stage stage, String script) throws Exception {
        stage.topics().filled(stage.name(), 5);
        stage.deploy(stage.sink(stage.name()).script(script));
        stage.awaitCalls("task.put", 1, detail -> detail.contains("v5"));
        stage.delete();

        stage.expect(
                items(47),
                "values put",
                details(stage.calls(), "converter.value.to").size(),
                2);
        stage.see(items(47), "task's calls", stage.story().task(0));
    }

    private static void movesInStart(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 5);
        stage.deploy(stage.sink(stage.name()).script("task.start=offset sink-moves-in-start-0 3"));
        stage.await(
                "it ends one way or the other",
                () -> assertThat(stage.taskState(0).equals("FAILED") || stage.count("task.put", SOME) > 0).isTrue());
        stage.see(items(47), "state of the task", stage.taskState(0));
        stage.delete();

        stage.see(items(47), "values put", details(stage.calls(), "converter.value.to"));
    }

    private static void putRetriable(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(stage.sink(stage.name()).script("task.put=timeout 700").with("probe.fail", "v2=retriable*1"));
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
                puts.get(1) - puts.get(0) >= TimeUnit.MILLISECONDS.toNanos(690));
        stage.expect(items(49), "committed", committed(stage), 3);
    }

    private static void putThrows(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(stage.sink(stage.name()).with("probe.fail", "v2=connect"));
        stage.awaitTask(0, "FAILED");
        stage.expect(items(49), "state of the connector", stage.connectorState(), "RUNNING");
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

    private static void answers(Stage stage, String answer, long committed) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(stage.sink(stage.name()).script("task.preCommit=" + answer));
        stage.awaitCalls("task.flush", 3, detail -> detail.contains("=3"));
        stage.expect(items(52), "state of the task", stage.taskState(0), "RUNNING");
        stage.delete();

        stage.expect(items(52), "committed", Math.max(-1, committed(stage) == 0 ? -1 : committed(stage)), committed);
    }

    private static void flushThrows(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(stage.sink(stage.name()).with("probe.fail", "at3=connect*1"));
        stage.awaitCalls("task.put", 2, SOME);
        stage.await("the next commit", () -> assertThat(committed(stage)).isEqualTo(3));
        stage.expect(items(53), "state of the task", stage.taskState(0), "RUNNING");
        stage.delete();

        stage.see(items(53), "task's calls", stage.story().task(0));
    }

    private static void closeThrows(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 1);
        stage.deploy(stage.sink(stage.name()).script("task.close=throw connect"));
        stage.awaitCalls("task.flush", 1, detail -> detail.contains("=1"));
        stage.delete();

        stage.see(items(25, 55), "task's calls", stage.story().task(0));
    }

    /** Another member of the group comes, takes one of two partitions, and goes. */
    private static void rebalances(Stage stage) throws Exception {
        stage.topics().create(stage.name(), 2);
        stage.deploy(stage.sink(stage.name()));
        stage.awaitCall("task.open");
        stage.topics().joined("connect-" + stage.name(), stage.name(), () -> stage.awaitCall("task.close"));
        stage.await("both are back", () -> assertThat(opened(stage)).isEqualTo(2));
        stage.delete();

        stage.see(
                items(47, 54),
                "partitions given and taken",
                stage.calls().stream()
                        .filter(call -> call.what().matches("task.(open|close)"))
                        .map(call -> call.call() + " " + call.detail().split(",").length)
                        .toList());
        stage.see(
                items(54),
                "what comes before each close",
                stage.story().task(0).stream()
                        .map(line -> line.split(" ")[0])
                        .filter(line -> line.matches("task.(preCommit|close)"))
                        .toList());
    }

    private static int opened(Stage stage) throws Exception {
        int open = 0;
        for (Call call : stage.calls()) {
            int partitions = call.detail().split(",").length;
            open += call.what().equals("task.open") ? partitions : call.what().equals("task.close") ? -partitions : 0;
        }
        return open;
    }

    private static void pauses(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 2);
        stage.deploy(stage.sink(stage.name())
                .script("task.open=pause sink-pauses-0+pause nobodys-0;task.put#4=resume sink-pauses-0"));
        stage.awaitCalls("task.put", 1, SOME);
        stage.delete();

        List<String> told = stage.calls().stream()
                .filter(call -> call.what().matches("task.(pause|resume)"))
                .map(call -> call.call() + " " + call.detail())
                .toList();
        stage.expect(
                items(56),
                "pause and resume",
                told,
                List.of(
                        "pause done",
                        "pause org.apache.kafka.connect.errors.IllegalWorkerStateException",
                        "resume done"));
        List<String> puts = details(stage.calls(), "task.put");
        stage.expect(
                items(56), "records before the resume", puts.subList(0, 4).stream().filter(SOME).count(), 0);
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

    private interface Change {
        Settings of(Settings settings);
    }

    private static Scenario refused(String name, Change change) {
        return Scenario.of(name, stage -> {
            Runtime.Answer answer = stage.tryToDeploy(change.of(stage.sink("some-topic")));

            stage.expect(items(58), "answer", answer.status(), 400);
        });
    }

    private static void connectorPaused(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 2);
        stage.deploy(stage.sink(stage.name()));
        stage.awaitCalls("task.put", 1, SOME);
        stage.runtime().wish(stage.name(), Runtime.Wish.PAUSE);
        stage.awaitTask(0, "PAUSED");
        stage.quiet(call -> call.what().equals("task.put"));
        long before = stage.count("task.put", SOME);
        stage.topics().produce(stage.name(), 0, 3, 4);
        stage.quiet(call -> call.what().equals("task.put"));
        stage.expect(items(56), "records while it is paused", stage.count("task.put", SOME) - before, 0);
        stage.expect(items(56), "committed at the pause", committed(stage), 2);
        stage.expect(items(56), "closes at the pause", stage.count("task.close", ANY), 0);
        stage.runtime().wish(stage.name(), Runtime.Wish.RESUME);
        stage.awaitCalls("task.put", 1, detail -> detail.contains("v4"));
        stage.delete();

        stage.expect(items(56), "opens", stage.count("task.open", ANY), 1);
    }

    private static void offsetsAltered(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 4);
        stage.deploy(stage.sink(stage.name()));
        stage.awaitCalls("task.put", 1, detail -> detail.contains("v4"));
        stage.runtime().wish(stage.name(), Runtime.Wish.STOP);
        stage.awaitConnector("STOPPED");
        stage.quiet();
        String one = "{\"offsets\": [{\"partition\": {\"kafka_topic\": \"" + stage.name()
                + "\", \"kafka_partition\": 0}, \"offset\": {\"kafka_offset\": 1}}]}";
        stage.await(
                "the group is empty",
                () -> assertThat(stage.runtime().alterOffsets(stage.name(), one).status())
                        .isEqualTo(200));
        stage.expect(items(20), "committed after it was altered", committed(stage), 1);
        stage.expect(
                items(20), "reset", stage.runtime().alterOffsets(stage.name(), null).status(), 200);
        stage.expect(items(20), "committed after the reset", committed(stage), -1);
        stage.delete();

        stage.expect(
                items(20),
                "alterOffsets",
                details(stage.calls(), "connector.alterOffsets").stream().distinct().toList(),
                List.of(
                        Map.of(new TopicPartition(stage.name(), 0), 1L).toString(),
                        "{" + stage.name() + "-0=null}"));
    }
}
