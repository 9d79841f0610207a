package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.LogStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopTest {
    private static final Duration SOON = Duration.ofSeconds(4);

    @TempDir
    Path folder;

    /** As the recovery of a large log that a client's request began, which holds what closing the log needs. */
    @Test
    void whatAClientBeganIsInterruptedWhileTheLogsAreStillOpen() throws Exception {
        TopicPartition partition = new TopicPartition("orders", 0);
        CompletableFuture<Boolean> openWhenInterrupted = new CompletableFuture<>();
        long began;
        try (LightBroker broker = LightBroker.start(folder, Map.of("listeners", "PLAINTEXT://127.0.0.1:0"))) {
            assertThat(Clients.write(Clients.to(broker.bootstrapServers(), Map.of()), "orders"))
                    .isNull();
            LogStore logs = broker.part(LogStore.class);
            CountDownLatch running = new CountDownLatch(1);
            broker.part(IoPool.class).execute(() -> {
                running.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    openWhenInterrupted.complete(logs.openLog(partition).isPresent());
                }
            });
            assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
            began = System.nanoTime();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
        assertThat(openWhenInterrupted).isCompletedWithValue(true);
    }

    @Test
    void tasksThatNobodyBeganAreDroppedAndNewOnesRefused() throws Exception {
        IoPool pool = new IoPool("test-io-", 1);
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean second = new AtomicBoolean();
        pool.execute(() -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        pool.execute(() -> second.set(true));
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        pool.close();
        assertThat(second).isFalse();
        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aPartThatDoesNotStopIsInterruptedAndLeftBehind() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        BoundedStop stop = new BoundedStop(
                "test",
                () -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                    }
                },
                Duration.ofMillis(50));
        assertThatThrownBy(stop::close).isInstanceOf(TimeoutException.class);
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatGoesWrongWithAStopIsTold() {
        BoundedStop stop = new BoundedStop(
                "test",
                () -> {
                    throw new IllegalStateException("not really");
                },
                SOON);
        assertThatThrownBy(stop::close).hasRootCauseMessage("not really");
    }
}
