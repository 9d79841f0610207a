package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.Checkpoints.Saved;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What partitions are made of, where threads meet. */
class PartitionPiecesTest {
    private static final TopicPartition T0 = new TopicPartition("t", 0);

    @TempDir
    Path path;

    private final ManualTime time = new ManualTime();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private DataFolder folder;
    private PartitionParts parts;

    @BeforeEach
    void open() {
        StorageConfig config = StorageConfig.in(path);
        folder = DataFolder.open(path);
        TopicConfigs configs = new TopicConfigs(config.defaults());
        Compaction compaction = new Compaction(config, time);
        parts = new PartitionParts(
                folder,
                new LogOpener(folder, config, new LogScheduler(time), time),
                configs,
                compaction,
                new Leaving(new Deletions(time, time), configs, compaction),
                partition -> {},
                time);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        parts.opener().close();
        folder.close();
    }

    private PartitionLog partition(boolean exists, Saved saved) {
        return new PartitionLog(new FilesAtRest(T0, Uuid.randomUuid(), exists, false, saved, parts), 0, parts);
    }

    @Test
    void whatADeletedNamesakeLeftIsForgottenAfterAWriteThatStillKnewIt() throws Exception {
        Checkpoints checkpoints = new Checkpoints(path);
        CountDownLatch copying = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        PartitionLog former = partition(true, new Saved(5000, 5000, 5000));
        Collection<PartitionLog> slow = new AbstractList<>() {
            @Override
            public PartitionLog get(int index) {
                copying.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return former;
            }

            @Override
            public int size() {
                return 1;
            }
        };
        Future<?> writing = threads.submit(() -> checkpoints.write(slow));
        assertThat(copying.await(20, TimeUnit.SECONDS)).isTrue();

        Future<?> forgetting = threads.submit(() -> {
            checkpoints.forget(T0, List.of());
            return null;
        });
        assertThatThrownBy(() -> forgetting.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        goOn.countDown();
        writing.get(20, TimeUnit.SECONDS);
        forgetting.get(20, TimeUnit.SECONDS);

        assertThat(new Checkpoints(path).of(T0)).isEqualTo(Saved.NOTHING);
    }

    @Test
    void anEarlierEpochDoesNotFollowALaterOne() {
        PartitionLog partition = partition(false, Saved.NOTHING);
        partition.log();
        partition.lead(5);
        partition.lead(3);
        assertThat(partition.log().latestEpoch()).contains(5);
        partition.stop();
        partition.settle();
        assertThat(partition.close()).isTrue();
    }

    @Test
    void anInterruptionReachesWhoHasBegunAndIsTakenBack() throws Exception {
        Interruption interruption = new Interruption();
        CountDownLatch begun = new CountDownLatch(1);
        Future<List<Boolean>> work = threads.submit(() -> {
            boolean first = interruption.begin();
            begun.countDown();
            boolean interrupted = false;
            try {
                new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
                Thread.currentThread().interrupt();
            }
            interruption.end();
            return List.of(first, interrupted, Thread.currentThread().isInterrupted(), interruption.begin());
        });
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

        interruption.stop();

        assertThat(work.get(20, TimeUnit.SECONDS)).containsExactly(true, true, false, false);
    }
}
