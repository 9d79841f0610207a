package io.millrace.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.plugin.discovery.PluginClass;
import io.millrace.worker.fault.Backoff;
import io.millrace.worker.fault.RestartBackoff;
import io.millrace.worker.probe.ProbeSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TaskThreadTest {
    private final StopSignal stop = new StopSignal();
    private final TaskMonitor monitor = new TaskMonitor(0, Clock.systemUTC());
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch mayClose = new CountDownLatch(1);
    private final CountDownLatch unblocked = new CountDownLatch(1);
    private final CountDownLatch abandoned = new CountDownLatch(1);

    /** Fails, or hangs, in its first step; waits in close. */
    private final class Loop implements TaskLoop {
        private final boolean hangs;

        private Loop(boolean hangs) {
            this.hangs = hangs;
        }

        @Override
        public void start() {}

        @Override
        public void step() throws Exception {
            if (hangs) {
                inside.countDown();
                new CountDownLatch(1).await();
            }
            throw new IllegalStateException("first line\nsecond line");
        }

        @Override
        public void close(boolean healthy) throws Exception {
            closing.countDown();
            mayClose.await();
        }

        @Override
        public void unblock() {
            unblocked.countDown();
        }

        @Override
        public void abandon() {
            abandoned.countDown();
        }
    }

    private TaskThread start(boolean hangs) {
        TaskSpec spec = new TaskSpec(
                "c",
                0,
                new PluginClass<>(ProbeSource.Counter.class, getClass().getClassLoader(), "1", "here"),
                Map.of(),
                Map.of());
        RestartBackoff.Policy slow =
                new RestartBackoff.Policy(new Backoff(Duration.ofHours(1), Duration.ofHours(1)), Duration.ofHours(1));
        return TaskThread.start(
                spec, () -> new Loop(hangs), new RestartBackoff(slow, Clock.systemUTC(), new Random(1)), stop, monitor);
    }

    @Test
    void tellsAFailureBeforeItClosesAnything() throws Exception {
        TaskThread task = start(false);
        assertThat(closing.await(10, TimeUnit.SECONDS)).isTrue();
        TaskStatus status = task.status();
        assertThat(status.state()).isEqualTo(RunState.FAILED);
        assertThat(status.lastError()).contains("first line");
        assertThat(status.trace().orElseThrow()).startsWith("java.lang.IllegalStateException: first line");
        mayClose.countDown();
        task.beginStop(false);
        TaskThread.awaitStop(List.of(task), Duration.ofSeconds(5));
        assertThat(task.status().state()).isEqualTo(RunState.STOPPED);
    }

    @Test
    void unblocksThenAbandonsATaskThatHangs() throws Exception {
        mayClose.countDown();
        TaskThread task = start(true);
        inside.await();
        task.beginStop(false);
        long before = System.nanoTime();
        TaskThread.awaitStop(List.of(task), Duration.ofMillis(400));
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Duration.ofMillis(390), Duration.ofSeconds(3));
        assertThat(unblocked.await(1, TimeUnit.SECONDS)).isTrue();
        assertThat(abandoned.await(1, TimeUnit.SECONDS)).isTrue();
        assertThat(task.status().state()).isEqualTo(RunState.STOPPED);
    }
}
