package io.millrace.it.conformance;

import static io.millrace.it.conformance.Runtime.Wish;
import static io.millrace.it.conformance.Stage.items;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** What only Connect's REST interface can do today: items 13, 14, 20 and 22. */
final class StateScenarios {
    private StateScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.notOnStandalone("connector-paused", StateScenarios::paused),
                Scenario.notOnStandalone("connector-paused-first", StateScenarios::pausedFirst),
                Scenario.notOnStandalone("task-restarted-while-paused", StateScenarios::restartedWhilePaused),
                Scenario.notOnStandalone("connector-stopped", StateScenarios::stopped),
                Scenario.notOnStandalone("connector-failed-then-stopped", StateScenarios::failedThenStopped),
                Scenario.notYetOnOurs("offsets-altered", StateScenarios::offsetsAltered));
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
                stage.story().connector().stream()
                        .map(line -> line.split(" ")[1] + line.split(" ")[2])
                        .toList(),
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
            assertThat(answer.isGood())
                    .as(answer.status() + " " + answer.body())
                    .isTrue();
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
        stage.await("its tasks are gone", () -> assertThat(stage.taskState(0)).isEmpty());
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
        stage.expect(items(14), "state after a pause", stage.toldConnector(), "FAILED");
        stage.runtime().wish(stage.name(), Wish.STOP);
        stage.awaitConnector("STOPPED");
        stage.expect(items(14), "state after a stop", stage.toldConnector(), "STOPPED");
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
                items(20),
                "offsets",
                stage.runtime().offsets(stage.name()).body().toString());
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
