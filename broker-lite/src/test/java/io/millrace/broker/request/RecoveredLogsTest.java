package io.millrace.broker.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.Logs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.junit.jupiter.api.Test;

class RecoveredLogsTest {
    private static final TopicPartition ONE = new TopicPartition("one", 0);
    private static final TopicPartition TWO = new TopicPartition("two", 0);
    private static final TopicPartition WELL = new TopicPartition("well", 0);

    private final UnclosedLogs logs = new UnclosedLogs();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final RecoveredLogs recovered = new RecoveredLogs(logs, tasks::add);

    /** Logs of which some need recovery, which fails after it was done. */
    private static final class UnclosedLogs implements Logs {
        private final Set<TopicPartition> unclosed = new HashSet<>(Set.of(ONE, TWO));
        private final List<TopicPartition> opened = new ArrayList<>();

        @Override
        public UnifiedLog log(TopicPartition partition) {
            opened.add(partition);
            unclosed.remove(partition);
            throw new KafkaStorageException("not really");
        }

        @Override
        public boolean recovers(TopicPartition partition) {
            return unclosed.contains(partition);
        }

        @Override
        public Optional<UnifiedLog> openLog(TopicPartition partition) {
            return Optional.empty();
        }

        @Override
        public boolean ready(TopicPartition partition) {
            return !recovers(partition);
        }

        @Override
        public boolean untouched(TopicPartition partition) {
            return false;
        }

        @Override
        public LogAppendInfo append(
                TopicIdPartition partition,
                MemoryRecords records,
                AppendOrigin origin,
                VerificationGuard guard,
                short transactionVersion,
                RequestLocal local) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void listen(Moved listener) {}
    }

    @Test
    void logsThatNeedNoRecoveryAreNotWaitedFor() {
        recovered.of(List.of(ONE));
        assertThat(recovered.of(List.of(WELL))).isDone();
    }

    @Test
    void manyWhoWaitForALogTakeOneThread() {
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(recovered.of(List.of(ONE, WELL)));
        }
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(waiting).allMatch(CompletableFuture::isDone);
        assertThat(logs.opened).containsExactly(ONE);
    }

    @Test
    void whoNeedsTwoLogsWaitsForBothAlsoIfTheyCannotBeRecovered() {
        CompletableFuture<Void> both = recovered.of(List.of(ONE, TWO));
        tasks.remove().run();
        assertThat(both).isNotDone();
        tasks.remove().run();
        assertThat(both).isCompleted();
    }

    @Test
    void aLogThatStillNeedsRecoveryIsRecoveredAnew() {
        recovered.of(List.of(ONE));
        tasks.remove().run();
        logs.unclosed.add(ONE);
        assertThat(recovered.of(List.of(ONE))).isNotDone();
        assertThat(tasks).hasSize(1);
    }

    @Test
    void whoComesWhenTheThreadsHaveEndedIsRefusedAndNobodyWaitsForHim() {
        RecoveredLogs ended = new RecoveredLogs(logs, task -> {
            throw new RejectedExecutionException("not really");
        });
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> ended.of(List.of(ONE))).isInstanceOf(RejectedExecutionException.class);
        }
    }
}
