package io.millrace.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoryTest {
    private static final String TASK = "task-thread-c-0";
    private static final String CONNECTOR = "connector-thread-c";
    private static final String COMMITTER = "committer";

    private final List<Call> calls = new ArrayList<>();

    @Test
    void leavesOutPollsForNothingEmptyPutsAndWhatIsAskedInBetween() {
        on(TASK, "task", "initialize", "");
        on(TASK, "task", "start", "{}");
        on(TASK, "task", "put", "[]");
        on(TASK, "task", "preCommit", "{t-0=0}");
        on(TASK, "task", "flush", "{t-0=0}");
        on(TASK, "task", "put", "[v1]");
        on(TASK, "task", "preCommit", "{t-0=1}");
        on(TASK, "task", "flush", "{t-0=1}");
        on(TASK, "task", "preCommit", "{t-0=1}");
        on(TASK, "task", "flush", "{t-0=1}");
        on(TASK, "task", "close", "[t-0]");
        on(TASK, "task", "stop", "");

        assertThat(new Story(calls).task(0))
                .containsExactly(
                        "task.initialize",
                        "task.start {}",
                        "task.put [v1]",
                        "task.preCommit {t-0=1}",
                        "task.flush {t-0=1}",
                        "task.close [t-0]",
                        "task.stop");
    }

    @Test
    void keepsThatTheSameRecordsArePutTwice() {
        on(TASK, "task", "put", "[v1]");
        on(TASK, "task", "put", "[v1]");

        assertThat(new Story(calls).task(0)).containsExactly("task.put [v1]", "task.put [v1]");
    }

    @Test
    void hasCallsOfTheTasksThreadOnlyAndPartsClosedInAnyOrder() {
        on(TASK, "task", "poll", "v1..v2");
        on(TASK, "transformation", "apply", "c v1");
        on(COMMITTER, "task", "flush", "");
        on(TASK, "task", "stop", "");
        on(TASK, "transformation", "close", "");
        on(TASK, "converter", "key.close", "");

        assertThat(new Story(calls).task(0))
                .containsExactly(
                        "task.poll v1..v2",
                        "transformation.apply c v1",
                        "task.stop",
                        "converter.key.close",
                        "transformation.close");
    }

    @Test
    void tellsWhatIsAcknowledgedBetweenThePolls() {
        on(TASK, "task", "poll", "v1..v2");
        on(TASK, "task", "commitRecord", "v2 of t, no metadata");
        on(TASK, "task", "commitRecord", "v1 of t, at 5");
        on(TASK, "task", "commit", "");
        on(TASK, "task", "poll", "nothing");
        on(TASK, "task", "commit", "");
        on(TASK, "task", "stop", "");

        assertThat(new Story(calls).acknowledged(0))
                .containsExactly(
                        "task.poll v1..v2",
                        "task.commitRecord v1 of t, sent",
                        "task.commitRecord v2 of t, no metadata",
                        "task.commit",
                        "task.stop");
    }

    @Test
    void tellsOfConnectorsThatWereStartedAndOnWhichThreads() {
        calls.add(new Call(1, "connector", "looked-at", "c", "", "config", CONNECTOR, "other", ""));
        on(CONNECTOR, "connector", "initialize", "");
        on(CONNECTOR, "connector", "start", "{}");
        on("herder", "connector", "taskConfigs", "1");
        Story story = new Story(calls);

        assertThat(story.connector())
                .containsExactly("connector 1: initialize", "connector 1: start {}", "connector 1: taskConfigs 1");
        assertThat(story.by(Call::threadKind, story.started()))
                .containsExactly(
                        "connector.initialize: connector thread",
                        "connector.start: connector thread",
                        "connector.taskConfigs: another thread");
    }

    private void on(String thread, String role, String call, String detail) {
        calls.add(new Call(calls.size(), role, role + "-1", "c", "0", call, thread, "plugin", detail));
    }
}
