package io.millrace.it.conformance;

import static io.millrace.it.conformance.SinkScenarios.committed;
import static io.millrace.it.conformance.SinkScenarios.details;
import static io.millrace.it.conformance.Stage.items;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/** Partitions and offsets of a sink: items 20, 47, 52 to 54 and 56. */
final class SinkOffsetScenarios {
    private static final Predicate<String> ANY = any -> true;
    private static final Predicate<String> SOME = detail -> !detail.equals("[]");

    private SinkOffsetScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of("sink-moves-in-start", SinkOffsetScenarios::movesInStart),
                Scenario.of("sink-moves-in-open", stage -> moves(stage, "task.open=offset sink-moves-in-open-0 3")),
                Scenario.of("sink-commits-nothing", stage -> answers(stage, "nothing", 0)),
                Scenario.of("sink-commits-behind", stage -> answers(stage, "behind", 1)),
                Scenario.of("sink-commits-ahead", stage -> answers(stage, "ahead", 0)),
                Scenario.of("sink-commits-foreign", stage -> answers(stage, "foreign", 3)),
                Scenario.of("sink-flush-throws", SinkOffsetScenarios::flushThrows),
                Scenario.of("sink-close-throws", SinkOffsetScenarios::closeThrows),
                Scenario.of("sink-rebalances", SinkOffsetScenarios::rebalances),
                Scenario.of("sink-pauses", SinkOffsetScenarios::pauses),
                Scenario.notOnStandalone("sink-connector-paused", SinkOffsetScenarios::connectorPaused),
                Scenario.notYetOnOurs("sink-offsets-altered", SinkOffsetScenarios::offsetsAltered));
    }

    private static void answers(Stage stage, String answer, long committed) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(stage.sink(stage.name()).script("task.preCommit=" + answer));
        stage.awaitCalls("task.flush", 3, detail -> detail.contains("=3"));
        stage.expect(items(52), "state of the task", stage.toldTask(0), "RUNNING");
        stage.delete();

        stage.expect(items(52), "committed", Math.max(0, committed(stage)), committed);
    }

    private static void flushThrows(Stage stage) throws Exception {
        stage.topics().filled(stage.name(), 3);
        stage.deploy(stage.sink(stage.name()).with("probe.fail", "at3=connect*1"));
        stage.awaitCalls("task.put", 2, SOME);
        stage.await("the next commit", () -> assertThat(committed(stage)).isEqualTo(3));
        stage.expect(items(53), "state of the task", stage.toldTask(0), "RUNNING");
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
                items(56),
                "records before the resume",
                puts.subList(0, 4).stream().filter(SOME).count(),
                0);
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
        stage.await("the group is empty", () -> assertThat(
                        stage.runtime().alterOffsets(stage.name(), one).status())
                .isEqualTo(200));
        stage.expect(items(20), "committed after it was altered", committed(stage), 1);
        stage.expect(
                items(20),
                "reset",
                stage.runtime().alterOffsets(stage.name(), null).status(),
                200);
        stage.expect(items(20), "committed after the reset", committed(stage), -1);
        stage.delete();

        stage.expect(
                items(20),
                "alterOffsets",
                details(stage.calls(), "connector.alterOffsets").stream()
                        .distinct()
                        .toList(),
                List.of(Map.of(new TopicPartition(stage.name(), 0), 1L).toString(), "{" + stage.name() + "-0=null}"));
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
        stage.await("it ends one way or the other", () -> assertThat(
                        stage.taskState(0).equals("FAILED") || stage.count("task.put", SOME) > 0)
                .isTrue());
        stage.see(items(47), "state of the task", stage.toldTask(0));
        stage.delete();

        stage.see(items(47), "values put", details(stage.calls(), "converter.value.to"));
    }
}
