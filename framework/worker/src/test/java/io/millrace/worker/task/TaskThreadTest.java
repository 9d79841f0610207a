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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
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
    private class Loop implements TaskLoop {
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
        public void pause() {}

        @Override
        public void rest() {}

        @Override
        public void resume() {}

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
        return start(() -> new Loop(hangs), Duration.ofHours(1));
    }

    private TaskThread start(Supplier<TaskLoop> lives, Duration delay) {
        TaskSpec spec = new TaskSpec(
                "c",
                0,
                new PluginClass<>(ProbeSource.Counter.class, getClass().getClassLoader(), "1", "here"),
                Map.of(),
                Map.of());
        RestartBackoff.Policy slow = new RestartBackoff.Policy(new Backoff(delay, delay), Duration.ofHours(1));
        return TaskThread.start(spec, lives, new RestartBackoff(slow, Clock.systemUTC(), new Random(1)), stop, monitor);
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
    void tellsTheFirstFailureWhenClosingFailsToo() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        Loop loop = new Loop(false) {
            @Override
            public void close(boolean healthy) {
                closed.countDown();
                throw new IllegalStateException("closing");
            }
        };
        TaskThread task = start(() -> loop, Duration.ofHours(1));
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        task.beginStop(false);
        TaskThread.awaitStop(List.of(task), Duration.ofSeconds(5));
        assertThat(task.status().lastError()).contains("first line");
    }

    @Test
    void startsAgainThoughAPluginLeftAnInterruptOnItsThread() throws Exception {
        mayClose.countDown();
        CountDownLatch lives = new CountDownLatch(3);
        Loop loop = new Loop(false) {
            @Override
            public void step() {
                lives.countDown();
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted by itself");
            }
        };
        TaskThread task = start(() -> loop, Duration.ofMillis(1));
        assertThat(lives.await(10, TimeUnit.SECONDS)).isTrue();
        task.beginStop(false);
        TaskThread.awaitStop(List.of(task), Duration.ofSeconds(5));
        assertThat(task.status().restarts()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void startsAgainWhereALifeCouldNotEvenBeMade() throws Exception {
        mayClose.countDown();
        AtomicInteger attempts = new AtomicInteger();
        TaskThread task = start(
                () -> {
                    if (attempts.incrementAndGet() == 1) {
                        throw new NumberFormatException("no number");
                    }
                    return new Loop(true);
                },
                Duration.ofMillis(1));
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(task.status().restarts()).isEqualTo(1);
        assertThat(task.status().lastError()).contains("no number");
        task.beginStop(false);
        TaskThread.awaitStop(List.of(task), Duration.ofMillis(100));
    }

    @Test
    void isStartingUntilItRunsAndRestartingOnlyAfterAFailure() {
        assertThat(monitor.status().state()).isEqualTo(RunState.STARTING);
        monitor.running();
        monitor.retrying(new IllegalStateException("the bucket sleeps"));
        assertThat(monitor.status().state()).isEqualTo(RunState.RETRYING);
        assertThat(monitor.status().lastError()).contains("the bucket sleeps");
        monitor.failed(new IllegalStateException("enough"));
        monitor.restarted();
        assertThat(monitor.status().state()).isEqualTo(RunState.RESTARTING);
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
