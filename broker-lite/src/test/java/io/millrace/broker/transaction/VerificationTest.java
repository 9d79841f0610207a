package io.millrace.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerificationTest {
    private static final TopicPartition A = new TopicPartition("a", 0);

    @TempDir
    Path folder;

    private Rig rig;
    private InitProducerIdResult producer;

    @BeforeEach
    void boot() {
        rig = new Rig(folder, 1);
        rig.logs.create("a", 1);
        rig.boot();
        rig.logs.log(A);
        producer = rig.coordinator
                .initProducerId("x", 60_000, false, false, Optional.empty())
                .getNow(null);
    }

    private Errors add() {
        return rig.coordinator
                .addPartitionsToTxn(
                        "x", producer.producerId(), producer.producerEpoch(), Set.of(A), TransactionVersion.TV_0)
                .getNow(null);
    }

    private Verification.Verified verify(Verification.Client client) {
        return rig.verification
                .verify("x", producer.producerId(), producer.producerEpoch(), Map.of(A, 0), client)
                .getNow(null);
    }

    private Errors append(int sequence, VerificationGuard guard) {
        return rig.append(producer.producerId(), producer.producerEpoch(), sequence, A, "v", guard);
    }

    @ParameterizedTest
    @CsvSource({"OLD, INVALID_TXN_STATE", "KNOWS_ABORTABLE, TRANSACTION_ABORTABLE"})
    void aPartitionThatWasNotAddedIsRefusedInTheClientsTerms(Verification.Client client, Errors expected) {
        assertThat(verify(client).errors()).containsEntry(A, expected);
        assertThat(append(0, VerificationGuard.SENTINEL)).isEqualTo(Errors.INVALID_TXN_STATE);
    }

    @Test
    void aPartitionThatWasAddedIsWrittenToAndOnceOpenNeedsNoGuard() {
        add();

        assertThat(rig.produce("x", producer, 0, A, "first", Verification.Client.OLD))
                .isEqualTo(Errors.NONE);

        Verification.Verified second = verify(Verification.Client.OLD);
        assertThat(second.errors()).isEmpty();
        assertThat(second.guards()).isEmpty();
        assertThat(append(1, second.guard(A))).isEqualTo(Errors.NONE);
    }

    @Test
    void aMarkerBetweenVerificationAndAppendTakesTheGuardAway() {
        add();
        VerificationGuard guard = verify(Verification.Client.OLD).guard(A);
        rig.coordinator.endTxn(
                "x", producer.producerId(), producer.producerEpoch(), TransactionResult.ABORT, TransactionVersion.TV_0);

        assertThat(append(0, guard)).isEqualTo(Errors.INVALID_TXN_STATE);

        assertThat(rig.unstable()).isEmpty();
    }

    @Test
    void theFirstBatchOfANewTopicIsNotOvertakenByTheSecond() {
        add();
        Verification.Verified first = verify(Verification.Client.OLD);
        Verification.Verified second = rig.verification
                .verify("x", producer.producerId(), (short) 0, Map.of(A, 1), Verification.Client.OLD)
                .getNow(null);

        assertThat(append(1, second.guard(A))).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(append(0, first.guard(A))).isEqualTo(Errors.NONE);
        assertThat(append(1, VerificationGuard.SENTINEL)).isEqualTo(Errors.NONE);
    }

    @Test
    void aStateLogThatIsNotOpenIsOpenedOnTheExecutor() {
        rig.logs.kill();
        rig.logs.log(A);

        var answer = rig.verification.verify(
                "x", producer.producerId(), (short) 0, Map.of(A, 0), Verification.Client.ADDS_BY_WRITING);

        assertThat(answer).isNotDone();
        rig.run();
        assertThat(answer.getNow(null).errors()).isEmpty();
        assertThat(answer.getNow(null).guards()).containsKey(A);
    }

    @Test
    void fromVersion2OnWritingAddsThePartition() {
        assertThat(rig.produce("x", producer, 0, A, "v", Verification.Client.ADDS_BY_WRITING))
                .isEqualTo(Errors.NONE);

        assertThat(rig.coordinator.describeTransactions("x").topics().find("a").partitions())
                .containsExactly(0);
    }

    @Test
    void aWriteThatAddsWaitsForTheEndOfTheTransactionBefore() {
        rig.produce("x", producer, 0, A, "v", Verification.Client.ADDS_BY_WRITING);
        rig.produce("x", producer, 0, Rig.OFFSETS, "o", Verification.Client.ADDS_BY_WRITING);
        var end = rig.coordinator.endTxn(
                "x",
                producer.producerId(),
                producer.producerEpoch(),
                TransactionResult.COMMIT,
                TransactionVersion.TV_2);

        var next = rig.verification.verify(
                "x", producer.producerId(), (short) 1, Map.of(A, 0), Verification.Client.ADDS_BY_WRITING);

        assertThat(next).isNotDone();
        rig.advance(20);
        rig.advance(20);
        assertThat(end).isDone();
        assertThat(next.getNow(null).errors()).isEmpty();
    }

    @Test
    void thatWaitHasAnEnd() {
        rig.produce("x", producer, 0, Rig.OFFSETS, "o", Verification.Client.ADDS_BY_WRITING);
        rig.offsetsError = Errors.NOT_COORDINATOR;
        rig.coordinator.endTxn(
                "x",
                producer.producerId(),
                producer.producerEpoch(),
                TransactionResult.COMMIT,
                TransactionVersion.TV_2);

        var next = rig.verification.verify(
                "x", producer.producerId(), (short) 1, Map.of(A, 0), Verification.Client.ADDS_BY_WRITING);

        for (int i = 0; i < 6; i++) {
            rig.advance(20);
        }
        assertThat(next.getNow(null).errors()).containsEntry(A, Errors.CONCURRENT_TRANSACTIONS);
    }

    @Test
    void aFencedProducerIsTold() {
        add();
        rig.coordinator.initProducerId("x", 60_000, false, false, Optional.empty());
        rig.run();

        assertThat(verify(Verification.Client.OLD).errors()).containsEntry(A, Errors.INVALID_PRODUCER_EPOCH);
        assertThat(verify(Verification.Client.ADDS_BY_WRITING).errors())
                .containsEntry(A, Errors.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void anUnknownPartitionIsToldAndTheOthersAreVerified() {
        add();
        TopicPartition unknown = new TopicPartition("unknown", 0);

        Verification.Verified verified = rig.verification
                .verify("x", producer.producerId(), (short) 0, Map.of(A, 0, unknown, 0), Verification.Client.OLD)
                .getNow(null);

        assertThat(verified.errors()).isEqualTo(Map.of(unknown, Errors.UNKNOWN_TOPIC_OR_PARTITION));
        assertThat(verified.guards()).containsOnlyKeys(A);
    }

    @Test
    void whenItIsSwitchedOffNothingIsAskedOfClientsThatAddPartitionsThemselves() {
        Verification off = rig.coordinator.verification(() -> false);

        assertThat(off.verify("x", 1, (short) 0, Map.of(A, 0), Verification.Client.OLD)
                        .getNow(null)
                        .errors())
                .isEmpty();
        assertThat(off.verify("x", 1, (short) 0, Map.of(A, 0), Verification.Client.ADDS_BY_WRITING)
                        .getNow(null)
                        .errors())
                .containsEntry(A, Errors.INVALID_PRODUCER_ID_MAPPING);
    }

    @ParameterizedTest
    @CsvSource({
        "COORDINATOR_LOAD_IN_PROGRESS, OLD, NOT_ENOUGH_REPLICAS",
        "NOT_COORDINATOR, ADDS_BY_WRITING, NOT_ENOUGH_REPLICAS",
        "CONCURRENT_TRANSACTIONS, OLD, NOT_ENOUGH_REPLICAS",
        "CONCURRENT_TRANSACTIONS, ADDS_BY_WRITING, CONCURRENT_TRANSACTIONS",
        "INVALID_TXN_STATE, OLD, INVALID_TXN_STATE"
    })
    void aProduceResponseNamesWhatItsClientRetries(Errors error, Verification.Client client, Errors expected) {
        assertThat(Verification.toProduceError(error, client)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10, 3, OLD", "11, 4, KNOWS_ABORTABLE", "12, 5, ADDS_BY_WRITING"})
    void theVersionOfARequestTellsWhatItsClientCanDo(short produce, short commit, Verification.Client expected) {
        assertThat(Verification.Client.ofProduce(produce)).isEqualTo(expected);
        assertThat(Verification.Client.ofTxnOffsetCommit(commit)).isEqualTo(expected);
    }
}
