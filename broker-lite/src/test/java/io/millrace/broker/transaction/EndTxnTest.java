package io.millrace.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndTxnTest {
    private static final TopicPartition A = new TopicPartition("a", 0);
    private static final long ID = 77;
    private static final short EPOCH = 5;

    @TempDir
    Path folder;

    private Rig rig;

    @BeforeEach
    void rig() {
        rig = new Rig(folder, 1);
        rig.logs.create("a", 1);
    }

    private void boot(TransactionState state, short epoch) {
        Set<TopicPartition> partitions = state == TransactionState.ONGOING ? Set.of(A) : Set.of();
        rig.leave(rig.state("x", ID, epoch, state, partitions));
        rig.kill();
        rig.boot();
    }

    private EndTxnResult end(long id, int epoch, TransactionResult result, TransactionVersion client) {
        var answer = rig.coordinator.endTxn("x", id, (short) epoch, result, client);
        if (!answer.isDone()) {
            rig.run();
        }
        return answer.getNow(null);
    }

    @ParameterizedTest
    @CsvSource({
        "ONGOING, 77, 5, COMMIT, NONE",
        "ONGOING, 77, 5, ABORT, NONE",
        "ONGOING, 77, 4, COMMIT, PRODUCER_FENCED",
        "ONGOING, 77, 6, COMMIT, PRODUCER_FENCED",
        "ONGOING, 78, 5, COMMIT, INVALID_PRODUCER_ID_MAPPING",
        "EMPTY, 77, 5, COMMIT, INVALID_TXN_STATE",
        "EMPTY, 77, 5, ABORT, INVALID_TXN_STATE",
        "COMPLETE_COMMIT, 77, 5, COMMIT, NONE",
        "COMPLETE_COMMIT, 77, 5, ABORT, INVALID_TXN_STATE",
        "COMPLETE_ABORT, 77, 5, ABORT, NONE",
        "COMPLETE_ABORT, 77, 5, COMMIT, INVALID_TXN_STATE",
    })
    void beforeVersion2TheEpochStays(
            TransactionState state, long id, int epoch, TransactionResult result, Errors expected) {
        rig.version = TransactionVersion.TV_1;
        boot(state, EPOCH);

        EndTxnResult answer = end(id, epoch, result, TransactionVersion.TV_0);

        assertThat(answer).isEqualTo(new EndTxnResult(expected, -1, (short) -1));
        assertThat(rig.coordinator.describeTransactions("x").producerEpoch()).isEqualTo(EPOCH);
    }

    /** The table in KIP-890, with the state's epoch as 5: a repetition carries 4. */
    @ParameterizedTest
    @CsvSource({
        "ONGOING, 5, COMMIT, NONE, 6",
        "ONGOING, 5, ABORT, NONE, 6",
        "ONGOING, 4, COMMIT, PRODUCER_FENCED, -1",
        "EMPTY, 4, ABORT, PRODUCER_FENCED, -1",
        "EMPTY, 5, ABORT, NONE, 6",
        "EMPTY, 4, COMMIT, PRODUCER_FENCED, -1",
        "EMPTY, 5, COMMIT, INVALID_TXN_STATE, -1",
        "COMPLETE_ABORT, 4, ABORT, NONE, 5",
        "COMPLETE_ABORT, 5, ABORT, NONE, 6",
        "COMPLETE_ABORT, 4, COMMIT, INVALID_TXN_STATE, -1",
        "COMPLETE_ABORT, 5, COMMIT, INVALID_TXN_STATE, -1",
        "COMPLETE_COMMIT, 4, ABORT, INVALID_TXN_STATE, -1",
        "COMPLETE_COMMIT, 5, ABORT, NONE, 6",
        "COMPLETE_COMMIT, 4, COMMIT, NONE, 5",
        "COMPLETE_COMMIT, 5, COMMIT, INVALID_TXN_STATE, -1",
        "COMPLETE_COMMIT, 3, COMMIT, PRODUCER_FENCED, -1",
    })
    void fromVersion2OnEachEndRaisesTheEpochAndARepetitionDoesNot(
            TransactionState state, int epoch, TransactionResult result, Errors expected, short next) {
        boot(state, EPOCH);

        EndTxnResult answer = end(ID, epoch, result, TransactionVersion.TV_2);

        assertThat(answer).isEqualTo(new EndTxnResult(expected, expected == Errors.NONE ? ID : -1, next));
    }

    @ParameterizedTest
    @CsvSource({"COMMIT", "ABORT"})
    void theLastEpochIsFollowedByTheFirstOfANewProducerId(TransactionResult result) {
        short last = (short) (Short.MAX_VALUE - 1);
        boot(TransactionState.ONGOING, last);

        EndTxnResult answer = end(ID, last, result, TransactionVersion.TV_2);

        assertThat(answer).isEqualTo(new EndTxnResult(Errors.NONE, 1000, (short) 0));
        assertThat(end(ID, last, result, TransactionVersion.TV_2))
                .as("asked again, for the answer may have been lost")
                .isEqualTo(answer);
        rig.kill();
        rig.boot();
        assertThat(end(ID, last, result, TransactionVersion.TV_2))
                .as("asked again after a restart")
                .isEqualTo(answer);
        assertThat(end(ID + 1, last, result, TransactionVersion.TV_2).error())
                .isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
    }

    @ParameterizedTest
    @CsvSource({"COMPLETE_ABORT, ABORT", "COMPLETE_COMMIT, COMMIT"})
    void aZombieIsNotGivenTheEpochOfItsSuccessorThatIsAnOlderClient(TransactionState state, TransactionResult result) {
        // Given a client before version 2 that has ended its transaction with epoch 5
        rig.version = TransactionVersion.TV_1;
        boot(state, EPOCH);
        rig.version = TransactionVersion.TV_2;

        EndTxnResult answer = end(ID, EPOCH - 1, result, TransactionVersion.TV_2);

        assertThat(answer).isEqualTo(new EndTxnResult(Errors.PRODUCER_FENCED, -1, (short) -1));
    }

    @Test
    void anEndThatIsNotWrittenEverywhereYetIsBusy() {
        boot(TransactionState.ONGOING, EPOCH);
        rig.coordinator.addPartitionsToTxn("x", ID, EPOCH, Set.of(Rig.OFFSETS), TransactionVersion.TV_2);

        var answer = rig.coordinator.endTxn("x", ID, EPOCH, TransactionResult.COMMIT, TransactionVersion.TV_2);

        assertThat(answer).as("the group coordinator has not answered").isNotDone();
        assertThat(end(ID, EPOCH, TransactionResult.COMMIT, TransactionVersion.TV_2)
                        .error())
                .isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        rig.run();
        assertThat(answer.getNow(null)).isEqualTo(new EndTxnResult(Errors.NONE, ID, (short) (EPOCH + 1)));
        assertThat(rig.stateOf("x")).isEqualTo("CompleteCommit");
    }

    @Test
    void unknownAndMissingIdsAreRefused() {
        rig.boot();

        assertThat(end(ID, 0, TransactionResult.ABORT, TransactionVersion.TV_2).error())
                .isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        assertThat(rig.coordinator
                        .endTxn("", ID, EPOCH, TransactionResult.ABORT, TransactionVersion.TV_2)
                        .getNow(null)
                        .error())
                .isEqualTo(Errors.INVALID_REQUEST);
    }
}
