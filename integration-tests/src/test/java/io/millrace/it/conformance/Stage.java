package io.millrace.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.it.harness.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Where one scenario is played: its connector on one runtime, and what was found there. Used by one thread. */
final class Stage {
    private static final Duration HAPPENS_WITHIN = Duration.ofSeconds(60);
    private static final List<String> TOLD = List.of("RUNNING", "RETRYING", "FAILED", "PAUSED", "STOPPED");

    private final Runtime runtime;
    private final Topics topics;
    private final String name;
    private final Path wishes;
    private final List<Finding> findings = new ArrayList<>();

    Stage(Runtime runtime, Topics topics, String name, Path wishes) {
        this.runtime = runtime;
        this.topics = topics;
        this.name = name;
        this.wishes = wishes;
    }

    Runtime runtime() {
        return runtime;
    }

    Topics topics() {
        return topics;
    }

    Kind kind() {
        return runtime.kind();
    }

    String name() {
        return name;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    Settings source() {
        return Settings.source(name).with("probe.wishes", wishes.toString());
    }

    Settings sink(String... read) {
        return Settings.sink(name, read).with("probe.wishes", wishes.toString());
    }

    /** Makes the connector, or gives it another configuration; it must be taken. */
    void deploy(Settings settings) throws Exception {
        Runtime.Answer answer = runtime.put(name, settings.map());
        assertThat(answer.isGood())
                .as("'%s' is taken by %s: %s", name, kind(), answer.body())
                .isTrue();
    }

    Runtime.Answer tryToDeploy(Settings settings) throws Exception {
        return runtime.put(name, settings.map());
    }

    /** Ends the connector and waits for the end. */
    void delete() throws Exception {
        runtime.delete(name);
        Await.until(
                HAPPENS_WITHIN,
                () -> assertThat(runtime.status(name).status()).as("it is gone").isEqualTo(404));
        await("its tasks have ended", () -> {
            assertThat(count("task.stop", any -> true))
                    .as("stops of tasks")
                    .isGreaterThanOrEqualTo(count("task.initialize", any -> true));
            assertThat(story().partsLeftOpen())
                    .as("parts of tasks that are not closed")
                    .isEmpty();
        });
        quiet();
    }

    /** Waits until nothing is called any more. */
    void quiet() throws Exception {
        quiet(call -> !call.detail().equals("nothing"));
    }

    void quiet(Predicate<Call> which) throws Exception {
        int[] last = {-1, 0};
        Await.until(HAPPENS_WITHIN, () -> {
            int now = (int) calls().stream().filter(which).count();
            last[1] = now == last[0] ? last[1] + 1 : 0;
            last[0] = now;
            assertThat(last[1])
                    .as("looks without a call of '%s' in between", name)
                    .isGreaterThanOrEqualTo(3);
        });
    }

    void wish(String what) throws IOException {
        Files.createFile(wishes.resolve(name + "." + what));
    }

    List<Call> calls() throws Exception {
        return runtime.calls(name);
    }

    Story story() throws Exception {
        return new Story(calls());
    }

    long count(String what, Predicate<String> detail) throws Exception {
        return calls().stream()
                .filter(call -> call.what().equals(what) && detail.test(call.detail()))
                .count();
    }

    void awaitCall(String what) throws Exception {
        awaitCalls(what, 1, detail -> true);
    }

    void awaitCalls(String what, int times, Predicate<String> detail) throws Exception {
        await(what, () -> assertThat(count(what, detail)).as("calls of " + what).isGreaterThanOrEqualTo(times));
    }

    /** Waits; what it waits for may take long on a busy machine. */
    void await(String what, Await.Condition condition) throws Exception {
        Await.until(HAPPENS_WITHIN, () -> {
            try {
                condition.check();
            } catch (AssertionError e) {
                throw new AssertionError("'" + name + "' on " + kind() + ", " + what + ": " + e.getMessage(), e);
            }
        });
    }

    /** The state of a connector once it is told: Connect writes it a little later. */
    String toldConnector() throws Exception {
        await("its state is told", () -> assertThat(connectorState()).isIn(TOLD));
        return connectorState();
    }

    /** The same of a task. */
    String toldTask(int task) throws Exception {
        await("its state is told", () -> assertThat(taskState(task)).isIn(TOLD));
        return taskState(task);
    }

    String connectorState() throws Exception {
        return runtime.status(name).body().path("connector").path("state").asText();
    }

    String taskState(int task) throws Exception {
        return task(task).path("state").asText();
    }

    private JsonNode task(int task) throws Exception {
        return runtime.status(name).body().path("tasks").path(task);
    }

    String taskTrace(int task) throws Exception {
        return task(task).path("trace").asText();
    }

    void awaitConnector(String state) throws Exception {
        await("connector is " + state, () -> assertThat(connectorState()).isEqualTo(state));
    }

    void awaitTask(int task, String state) throws Exception {
        await("task is " + state, () -> assertThat(taskState(task)).isEqualTo(state));
    }

    /** Something that must be the same on ours as on Connect. */
    void see(List<Integer> items, String what, Object found) {
        findings.add(new Finding(items, name, what, Optional.empty(), lines(found)));
    }

    /** Something of which the contract says how it is. */
    void expect(List<Integer> items, String what, Object found, Object expected) {
        findings.add(new Finding(items, name, what, Optional.of(lines(expected)), lines(found)));
    }

    private List<String> lines(Object found) {
        List<?> list = found instanceof List<?> many ? many : List.of(found);
        return list.stream()
                .map(line -> String.valueOf(line).replace(wishes.toString(), "<wishes>"))
                .toList();
    }

    static List<Integer> items(Integer... items) {
        return List.of(items);
    }
}
