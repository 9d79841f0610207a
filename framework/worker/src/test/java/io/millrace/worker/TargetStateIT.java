package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.worker.connector.TargetState;
import io.millrace.worker.probe.Probe;
import io.millrace.worker.probe.ProbeSink;
import io.millrace.worker.probe.ProbeSource;
import io.millrace.worker.task.RunState;
import io.millrace.worker.task.TaskStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Connectors that pause, stop and go on (KIP-52, KIP-875, KIP-980). */
class TargetStateIT extends WithBroker {
    private static final String STRING = "org.apache.kafka.connect.storage.StringConverter";

    private static Map<String, String> source(String name, int total) {
        return new HashMap<>(Map.of(
                "connector.class",
                ProbeSource.class.getName(),
                "probe.topic",
                name + "-out",
                "probe.total",
                Integer.toString(total),
                "key.converter",
                STRING,
                "value.converter",
                STRING));
    }

    private static Map<String, String> sink(String name) {
        return new HashMap<>(Map.of(
                "connector.class",
                ProbeSink.class.getName(),
                "topics",
                name + "-in",
                "key.converter",
                STRING,
                "value.converter",
                STRING));
    }

    private static List<String> numbers(int to) {
        return IntStream.rangeClosed(1, to).mapToObj(n -> "v" + n).toList();
    }

    private static List<String> ofConnector(Probe probe) {
        return probe.story().stream()
                .filter(call -> call.startsWith("connector."))
                .toList();
    }

    private static void awaitState(Worker worker, String name, RunState state, int tasks) throws Exception {
        await(() -> {
            assertThat(status(worker, name).state()).isEqualTo(state);
            assertThat(status(worker, name).tasks())
                    .hasSize(tasks)
                    .extracting(TaskStatus::state)
                    .allMatch(state::equals);
        });
    }

    @Test
    void aPausedSourceKeepsItsTaskAndPollsNothingUntilItGoesOn() throws Exception {
        Probe probe = Probe.of("paused");
        try (Worker worker = worker()) {
            worker.deploy("paused", source("paused", 1_000_000));
            await(() -> assertThat(values("paused-out")).isNotEmpty());

            worker.herder().setTarget("paused", TargetState.PAUSED).join();
            awaitState(worker, "paused", RunState.PAUSED, 1);
            long polls = polls(probe);
            int written = values("paused-out").size();
            assertThat(status(worker, "paused").counts().out())
                    .as("what was polled before is committed")
                    .isEqualTo(written);
            worker.herder().setTarget("paused", TargetState.PAUSED).join();
            assertThat(polls(probe)).isEqualTo(polls);

            worker.herder().setTarget("paused", TargetState.STARTED).join();
            awaitState(worker, "paused", RunState.RUNNING, 1);
            await(() -> assertThat(values("paused-out")).hasSizeGreaterThan(written));
        }
        List<String> all = values("paused-out");
        assertThat(all).isEqualTo(numbers(all.size()));
        assertThat(ofConnector(probe))
                .as("the same instance is stopped and started")
                .containsExactly(
                        "connector.start",
                        "connector.taskConfigs",
                        "connector.stop",
                        "connector.start",
                        "connector.taskConfigs",
                        "connector.stop");
        assertThat(probe.calls().stream().filter(call -> call.what().equals("start")))
                .as("the task goes on")
                .hasSize(1);
    }

    private static long polls(Probe probe) {
        return probe.calls().stream().filter(call -> call.what().equals("poll")).count();
    }

    @Test
    void aStoppedConnectorHasNoTasksAndGoesOnWhereItWas() throws Exception {
        Probe probe = Probe.of("stopped");
        try (Worker worker = worker()) {
            worker.deploy("stopped", source("stopped", 1_000_000));
            await(() -> assertThat(values("stopped-out")).isNotEmpty());

            worker.herder().setTarget("stopped", TargetState.STOPPED).join();
            awaitState(worker, "stopped", RunState.STOPPED, 0);
            assertThat(probe.story()).contains("stop");
            int written = values("stopped-out").size();

            worker.herder().setTarget("stopped", TargetState.STARTED).join();
            awaitState(worker, "stopped", RunState.RUNNING, 1);
            await(() -> assertThat(values("stopped-out")).hasSizeGreaterThan(written));
        }
        List<String> all = values("stopped-out");
        assertThat(all).isEqualTo(numbers(all.size()));
    }

    @Test
    void aConnectorThatIsMadePausedDoesNotBegin() throws Exception {
        Probe probe = Probe.of("made");
        try (Worker worker = worker()) {
            Map<String, String> config = source("made", 3);
            config.put("name", "made");
            worker.herder()
                    .putConnector("made", config, Optional.of(TargetState.PAUSED), false)
                    .join();
            awaitState(worker, "made", RunState.PAUSED, 0);
            assertThat(probe.story()).doesNotContain("connector.start");

            worker.herder().setTarget("made", TargetState.STARTED).join();
            await(() -> assertThat(values("made-out")).isEqualTo(numbers(3)));
        }
    }

    @Test
    void aPausedSinkKeepsItsPartitionsAndTakesLaterWhatCameMeanwhile() throws Exception {
        createTopic("resting-in", 1);
        Probe probe = Probe.of("resting");
        try (Worker worker = worker()) {
            worker.deploy("resting", sink("resting"));
            produce("resting-in", 1, 5);
            await(() -> assertThat(probe.accepted()).hasSize(5));

            worker.herder().setTarget("resting", TargetState.PAUSED).join();
            awaitState(worker, "resting", RunState.PAUSED, 1);
            await(() -> assertThat(groupOffset("connect-resting", "resting-in")).isEqualTo(5));
            produce("resting-in", 6, 9);
            int asked = emptyPuts(probe);
            await(() -> assertThat(emptyPuts(probe)).isGreaterThan(asked + 3));
            assertThat(probe.accepted()).as("nothing is given while it rests").hasSize(5);

            worker.herder().setTarget("resting", TargetState.STARTED).join();
            await(() -> assertThat(probe.accepted()).hasSize(9));
            assertThat(probe.story().stream().filter(call -> call.startsWith("close ")))
                    .as("its partitions stay")
                    .isEmpty();
        }
    }

    private static int emptyPuts(Probe probe) {
        return (int) probe.calls().stream()
                .filter(call -> call.what().startsWith("put"))
                .count();
    }

    @Test
    void aConnectorThatBlocksForEverInStartDelaysNobody() throws Exception {
        Probe blocked = Probe.of("blocked");
        CountDownLatch forEver = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        blocked.onStart = () -> {
            inside.countDown();
            awaitUninterruptibly(forEver);
        };
        try (Worker worker = worker()) {
            worker.deploy("blocked", source("blocked", 3));
            inside.await();
            worker.deploy("free", source("free", 3));
            await(() -> assertThat(values("free-out")).isEqualTo(numbers(3)));

            worker.herder().setTarget("blocked", TargetState.PAUSED).join();
            worker.undeploy("blocked");
            assertThat(worker.status()).extracting(s -> s.name()).containsExactly("free");
        } finally {
            forEver.countDown();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // a plugin that takes no notice
            }
        }
    }
}
