package io.millrace.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompletionTest {
    private static final TopicPartition A = new TopicPartition("a", 0);
    private static final TopicPartition B = new TopicPartition("b", 0);
    private static final TopicPartition STATE = new TopicPartition(Topic.TRANSACTION_STATE_TOPIC_NAME, 0);

    @TempDir
    Path folder;

    private Rig rig;
    private InitProducerIdResult producer;

    @BeforeEach
    void openTransaction() {
        rig = new Rig(folder, 1);
        rig.logs.create("a", 1);
        rig.logs.create("b", 1);
        rig.boot();
        producer = rig.coordinator
                .initProducerId("x", 60_000, false, false, Optional.empty())
                .getNow(null);
        write(A, 0, "to a");
        write(B, 0, "to b");
    }

    private void write(TopicPartition partition, int sequence, String value) {
        assertThat(rig.produce("x", producer, sequence, partition, value, Verification.Client.ADDS_BY_WRITING))
                .isEqualTo(Errors.NONE);
    }

    private EndTxnResult end(TransactionResult result) {
        return rig.coordinator
                .endTxn("x", producer.producerId(), producer.producerEpoch(), result, TransactionVersion.TV_2)
                .getNow(null);
    }

    private static void failing(Rig rig, TopicPartition failing) {
        rig.logs.fate(new DiskLogs.Fate() {
            @Override
            public void before(TopicPartition partition, MemoryRecords records) {
                if (partition.equals(failing)) {
                    throw new KafkaStorageException("the disk of " + partition);
                }
            }
        });
    }

    @Test
    void aCommitMakesAllRecordsVisibleBeforeItIsAnswered() {
        assertThat(rig.committed(A)).isEmpty();

        assertThat(end(TransactionResult.COMMIT).error()).isEqualTo(Errors.NONE);

        assertThat(rig.committed(A)).containsExactly("to a");
        assertThat(rig.committed(B)).containsExactly("to b");
        assertThat(rig.unstable()).isEmpty();
        assertThat(rig.stateOf("x")).isEqualTo("CompleteCommit");
    }

    @Test
    void anAbortIsInTheIndexOfAbortedTransactions() {
        end(TransactionResult.ABORT);

        var log = rig.logs.log(A);
        assertThat(log.collectAbortedTransactions(0, log.logEndOffset()))
                .singleElement()
                .satisfies(aborted -> assertThat(aborted.producerId()).isEqualTo(producer.producerId()));
        assertThat(rig.committed(A)).isEmpty();
        assertThat(rig.unstable()).isEmpty();
        assertThat(rig.stateOf("x")).isEqualTo("CompleteAbort");
    }

    @Test
    void aMarkerThatCannotBeWrittenIsTriedUntilItCanAndTheTransactionIsNotCompleteBefore() {
        failing(rig, B);

        assertThat(end(TransactionResult.COMMIT).error())
                .as("the outcome is settled")
                .isEqualTo(Errors.NONE);

        rig.advance(60_000);
        rig.advance(60_000);
        assertThat(rig.stateOf("x")).isEqualTo("PrepareCommit");
        assertThat(rig.committed(A)).containsExactly("to a");
        assertThat(rig.committed(B)).isEmpty();
        rig.logs.fate(DiskLogs.Fate.KIND);
        rig.advance(2_000);
        assertThat(rig.stateOf("x")).isEqualTo("CompleteCommit");
        assertThat(rig.committed(B)).containsExactly("to b");
        assertThat(ReadCommitted.markers(rig.logs.log(A))).containsExactly(ControlRecordType.COMMIT);
    }

    @Test
    void anEndThatCannotBeWrittenDownIsNotBegun() {
        failing(rig, STATE);

        assertThat(end(TransactionResult.COMMIT).error()).isEqualTo(Errors.NOT_COORDINATOR);

        assertThat(rig.stateOf("x")).isEqualTo("Ongoing");
        rig.logs.fate(DiskLogs.Fate.KIND);
        assertThat(end(TransactionResult.COMMIT).error()).isEqualTo(Errors.NONE);
        assertThat(rig.committed(A)).containsExactly("to a");
    }

    @ParameterizedTest
    @EnumSource(
            value = TransactionState.class,
            names = {"PREPARE_COMMIT", "PREPARE_ABORT"})
    void whatAFormerRunHadBegunToEndIsEndedOnEveryPartitionEvenIfOneFailsAtFirst(TransactionState state) {
        Rig rig = new Rig(folder.resolve("other"), 1);
        rig.version = TransactionVersion.TV_1;
        rig.logs.create("a", 1);
        rig.logs.create("b", 1);
        rig.leave(rig.state("y", 77, (short) 5, state, Set.of(A, B)));
        rig.append(
                77,
                (short) 5,
                0,
                A,
                "to a",
                rig.logs.log(A).maybeStartTransactionVerification(77, 0, (short) 5, false));
        rig.append(
                77,
                (short) 5,
                0,
                B,
                "to b",
                rig.logs.log(B).maybeStartTransactionVerification(77, 0, (short) 5, false));
        rig.kill();
        failing(rig, B);

        rig.boot();

        rig.advance(5_000);
        assertThat(rig.stateOf("y")).isEqualTo(state.stateName());
        rig.logs.fate(DiskLogs.Fate.KIND);
        rig.advance(5_000);
        boolean commit = state == TransactionState.PREPARE_COMMIT;
        assertThat(rig.stateOf("y")).isEqualTo(commit ? "CompleteCommit" : "CompleteAbort");
        assertThat(rig.unstable()).isEmpty();
        assertThat(rig.committed(A)).isEqualTo(commit ? List.of("to a") : List.of());
        assertThat(rig.committed(B)).isEqualTo(commit ? List.of("to b") : List.of());
    }

    @Test
    void afterAKillBetweenTheMarkersTheOnesThatAreThereAreWrittenAgainAndEndNothing() {
        failing(rig, B);
        end(TransactionResult.COMMIT);
        rig.kill();
        rig.logs.fate(DiskLogs.Fate.KIND);

        rig.boot();

        assertThat(rig.stateOf("x")).isEqualTo("CompleteCommit");
        assertThat(ReadCommitted.markers(rig.logs.log(A)))
                .containsOnly(ControlRecordType.COMMIT)
                .hasSize(2);
        assertThat(rig.committed(B)).containsExactly("to b");
    }

    @Test
    void aPartitionThatWasDeletedNeedsNoMarker() {
        rig.logs.delete("b");

        end(TransactionResult.COMMIT);

        assertThat(rig.stateOf("x")).isEqualTo("CompleteCommit");
        assertThat(rig.committed(A)).containsExactly("to a");
    }

    @Test
    void theGroupCoordinatorIsAskedUntilItHasWrittenItsMarker() {
        write(Rig.OFFSETS, 0, "offset");
        rig.offsetsError = Errors.NOT_COORDINATOR;

        var answer = rig.coordinator.endTxn(
                "x",
                producer.producerId(),
                producer.producerEpoch(),
                TransactionResult.COMMIT,
                TransactionVersion.TV_2);
        rig.run();

        assertThat(answer.getNow(null).error()).isEqualTo(Errors.NONE);
        assertThat(rig.stateOf("x")).isEqualTo("PrepareCommit");
        assertThat(rig.unstable()).containsExactly(Rig.OFFSETS);
        rig.offsetsError = Errors.NONE;
        rig.advance(100);
        assertThat(rig.stateOf("x")).isEqualTo("CompleteCommit");
        assertThat(rig.unstable()).isEmpty();
        assertThat(rig.coordinator.unfinished()).isZero();
    }

    @Test
    void aMarkerWrittenByHandWithAHigherCoordinatorEpochDoesNotLockTheTransactionForEver() {
        EndMarker byHand =
                new EndMarker(producer.producerId(), producer.producerEpoch(), 99, TransactionResult.ABORT, (short) 0);
        assertThat(rig.markers.write(byHand, B)).isCompleted();

        end(TransactionResult.ABORT);
        rig.advance(1_000);

        assertThat(rig.stateOf("x")).isEqualTo("CompleteAbort");
        assertThat(rig.unstable()).isEmpty();
        producer = new InitProducerIdResult(Errors.NONE, producer.producerId(), (short) 1);
        write(B, 0, "next to b");
        end(TransactionResult.COMMIT);
        rig.advance(1_000);
        assertThat(rig.stateOf("x")).isEqualTo("CompleteCommit");
        assertThat(rig.committed(B)).containsExactly("next to b");
    }

    @Test
    void manyPartitionsAreMarkedOnTheExecutor() {
        rig.logs.create("many", 40);
        for (int i = 0; i < 40; i++) {
            write(new TopicPartition("many", i), 0, "m");
        }

        var answer = rig.coordinator.endTxn(
                "x",
                producer.producerId(),
                producer.producerEpoch(),
                TransactionResult.COMMIT,
                TransactionVersion.TV_2);

        assertThat(answer).isNotDone();
        rig.run();
        assertThat(answer.getNow(null).error()).isEqualTo(Errors.NONE);
        assertThat(rig.unstable()).isEmpty();
    }
}
