package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.Logs;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader.LoadSummary;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;
import org.junit.jupiter.api.Test;

class PatientLoaderTest {
    private static final TopicPartition PARTITION = new TopicPartition("__consumer_offsets", 0);
    private static final LoadSummary LOADED = new LoadSummary(1, 2, 0, 3, 4);

    private final Tasks timer = new Tasks();
    private final List<TopicPartition> begunAnew = new ArrayList<>();
    private final Deque<RuntimeException> failures = new ArrayDeque<>();
    private final Recorded groups = new Recorded();
    private boolean untouched;
    private boolean readsBeforeItFails;
    private int loads;

    private final PatientLoader<String> loader = new PatientLoader<>(
            new CoordinatorLoader<>() {
                @Override
                public CompletableFuture<LoadSummary> load(
                        TopicPartition partition, CoordinatorPlayback<String> coordinator) {
                    loads++;
                    if (failures.isEmpty() || readsBeforeItFails) {
                        coordinator.replay(0, 1, (short) 0, "record");
                    }
                    return failures.isEmpty()
                            ? CompletableFuture.completedFuture(LOADED)
                            : CompletableFuture.failedFuture(failures.pop());
                }

                @Override
                public void close() {}
            },
            logs(),
            timer,
            Time.SYSTEM,
            begunAnew::add);

    private Logs logs() {
        return (Logs)
                Proxy.newProxyInstance(Logs.class.getClassLoader(), new Class<?>[] {Logs.class}, (proxy, method, a) -> {
                    assertThat(method.getName()).isEqualTo("untouched");
                    return untouched;
                });
    }

    @Test
    void aLogThatCannotBeOpenedIsWaitedFor() {
        failures.add(new KafkaStorageException("no space"));
        failures.add(new KafkaStorageException("no space"));

        CompletableFuture<LoadSummary> loaded = loader.load(PARTITION, groups);

        assertThat(loaded).isNotDone();
        timer.runAll();
        assertThat(loaded).isNotDone();
        timer.runAll();
        assertThat(loaded).isCompletedWithValue(LOADED);
        assertThat(groups.records).containsExactly("record");
        assertThat(begunAnew).isEmpty();
    }

    @Test
    void aLoadingThatEndsMidwayIsBegunAnew() {
        readsBeforeItFails = true;
        failures.add(new KafkaStorageException("a bad sector"));

        CompletableFuture<LoadSummary> loaded = loader.load(PARTITION, groups);

        assertThat(loaded).isCompletedExceptionally();
        assertThat(begunAnew).isEmpty();
        timer.runAll();
        assertThat(begunAnew).containsExactly(PARTITION);
        assertThat(loads).isEqualTo(1);
    }

    @Test
    void whatDoesNotHealByItselfIsPassedOn() {
        failures.add(new NotLeaderOrFollowerException("deleted"));

        assertThat(loader.load(PARTITION, groups)).isCompletedExceptionally();

        assertThat(timer.size()).isZero();
    }

    @Test
    void aPartitionThatNobodyWroteToIsEmptyWithoutBeingRead() {
        untouched = true;

        assertThat(loader.load(PARTITION, groups))
                .isCompletedWithValueMatching(summary -> summary.numRecords() == 0 && summary.numBytes() == 0);

        assertThat(loads).isZero();
    }

    @Test
    void aLoadingThatAnotherHasTakenThePlaceOfIsNotTold() {
        failures.add(new KafkaStorageException("no space"));
        CompletableFuture<LoadSummary> former = loader.load(PARTITION, groups);

        assertThat(loader.load(PARTITION, new Recorded())).isCompletedWithValue(LOADED);
        timer.runAll();

        assertThat(former).isNotDone();
    }

    @Test
    void nothingIsTriedAfterTheEnd() throws Exception {
        failures.add(new KafkaStorageException("no space"));
        loader.load(PARTITION, groups);

        loader.close();
        timer.runAll();

        assertThat(loads).isEqualTo(1);
    }

    private static final class Tasks implements Timer {
        private List<TimerTask> tasks = new ArrayList<>();

        void runAll() {
            List<TimerTask> due = tasks;
            tasks = new ArrayList<>();
            due.forEach(TimerTask::run);
        }

        @Override
        public void add(TimerTask task) {
            tasks.add(task);
        }

        @Override
        public boolean advanceClock(long millis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int size() {
            return tasks.size();
        }

        @Override
        public void close() {}
    }

    private static final class Recorded implements CoordinatorPlayback<String> {
        private final List<String> records = new ArrayList<>();

        @Override
        public void replay(long offset, long producerId, short producerEpoch, String record) {
            records.add(record);
        }

        @Override
        public void replayEndTransactionMarker(long producerId, short producerEpoch, TransactionResult result) {}

        @Override
        public void updateLastWrittenOffset(long offset) {}

        @Override
        public void updateLastCommittedOffset(long offset) {}
    }
}
