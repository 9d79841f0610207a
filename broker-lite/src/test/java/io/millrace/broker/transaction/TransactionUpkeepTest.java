package io.millrace.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.server.common.ProducerIdsBlock;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransactionUpkeepTest {
    private static final TopicPartition A = new TopicPartition("a", 0);

    @TempDir
    Path folder;

    private Rig rig;

    @BeforeEach
    void boot() {
        rig = new Rig(folder, 1);
        rig.logs.create("a", 1);
        rig.boot();
    }

    private InitProducerIdResult init(String id, int timeout) {
        return rig.coordinator
                .initProducerId(id, timeout, false, false, Optional.empty())
                .getNow(null);
    }

    private Errors add(String id, InitProducerIdResult producer) {
        return rig.coordinator
                .addPartitionsToTxn(
                        id, producer.producerId(), producer.producerEpoch(), Set.of(A), TransactionVersion.TV_0)
                .getNow(null);
    }

    @Test
    void aPartitionOfWhichCompactionLeftNoBatchIsLoaded() throws IOException {
        TopicPartition state = new TopicPartition(Topic.TRANSACTION_STATE_TOPIC_NAME, 0);
        init("x", 1000);
        rig.logs.log(state).roll();
        rig.kill();
        Files.write(folder.resolve(state + "/00000000000000000000.log"), new byte[0]);

        rig.boot();

        assertThat(rig.logs.log(state).logEndOffset()).isPositive();
        assertThat(init("y", 1000).error()).isEqualTo(Errors.NONE);
    }

    @Test
    void nothingOfADeletedTopicsStatesIsLeftAndItMayComeBackWithMorePartitions() {
        init("x", 1000);
        rig.logs.delete(Topic.TRANSACTION_STATE_TOPIC_NAME);
        rig.coordinator.unloadAll();
        assertThat(init("x", 1000).error()).isEqualTo(Errors.NOT_COORDINATOR);

        rig.statePartitions = 3;
        rig.logs.create(Topic.TRANSACTION_STATE_TOPIC_NAME, 3);
        for (int i = 0; i < 3; i++) {
            rig.coordinator.load(i, 0);
        }
        rig.run();

        assertThat(rig.coordinator.describeTransactions("x").errorCode())
                .isEqualTo(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
        assertThat(List.of("x", "y", "z", "w"))
                .allSatisfy(id -> assertThat(init(id, 1000).error()).isEqualTo(Errors.NONE));
        assertThat(rig.logs.partitions())
                .filteredOn(p -> p.topic().equals(Topic.TRANSACTION_STATE_TOPIC_NAME) && rig.logs.ready(p))
                .hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = TransactionVersion.class,
            names = {"TV_0", "TV_1", "TV_2"})
    void aTransactionThatTakesTooLongIsAbortedAndItsProducerFenced(TransactionVersion version) {
        rig.version = version;
        InitProducerIdResult producer = init("x", 1000);
        add("x", producer);
        rig.produce("x", producer, 0, A, "late", Verification.Client.OLD);
        rig.advance(1000);
        assertThat(rig.stateOf("x")).isEqualTo("Ongoing");

        rig.advance(101);

        assertThat(rig.stateOf("x")).isEqualTo("CompleteAbort");
        assertThat(rig.unstable()).isEmpty();
        assertThat(rig.coordinator
                        .endTxn(
                                "x",
                                producer.producerId(),
                                (short) 0,
                                TransactionResult.COMMIT,
                                TransactionVersion.TV_0)
                        .getNow(null)
                        .error())
                .isEqualTo(Errors.PRODUCER_FENCED);
    }

    @Test
    void anIdThatNobodyUsesIsForgottenInTheLogToo() {
        init("x", 1000);
        add("y", init("y", 60_000));
        rig.advance(10_001);

        assertThat(rig.coordinator.describeTransactions("x").errorCode())
                .isEqualTo(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
        assertThat(rig.stateOf("y")).isEqualTo("Ongoing");
        rig.kill();
        rig.boot();
        assertThat(rig.coordinator.describeTransactions("x").errorCode())
                .isEqualTo(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
        assertThat(rig.stateOf("y")).isEqualTo("Ongoing");
        assertThat(init("x", 1000)).as("begins anew").isEqualTo(new InitProducerIdResult(Errors.NONE, 2000, (short) 0));
    }

    @Test
    void manyIdsAreForgottenInBatchesThatFitTheLog() {
        String tail = "x".repeat(2000);
        for (int i = 0; i < 30; i++) {
            init(i + tail, 1000);
        }

        rig.advance(11_000);

        assertThat(rig.coordinator
                        .listTransactions(Set.of(), Set.of(), -1, null)
                        .transactionStates())
                .isEmpty();
    }

    @Test
    void transactionsAreListedByStateProducerDurationAndPattern() {
        InitProducerIdResult open = init("open-1", 60_000);
        add("open-1", open);
        init("idle-1", 60_000);
        rig.advance(500);

        assertThat(list(Set.of(), Set.of(), -1, null)).containsExactlyInAnyOrder("open-1", "idle-1");
        assertThat(list(Set.of(), Set.of("Ongoing"), -1, null)).containsExactly("open-1");
        assertThat(list(Set.of(open.producerId()), Set.of(), -1, null)).containsExactly("open-1");
        assertThat(list(Set.of(), Set.of("Ongoing"), 499, null)).containsExactly("open-1");
        assertThat(list(Set.of(), Set.of("Ongoing"), 500, null)).isEmpty();
        assertThat(list(Set.of(), Set.of(), -1, "idle.*")).containsExactly("idle-1");
        assertThat(list(Set.of(), Set.of(), -1, "idle"))
                .as("the whole id must match")
                .isEmpty();
        assertThat(rig.coordinator
                        .listTransactions(Set.of(), Set.of("Nonsense"), -1, "")
                        .unknownStateFilters())
                .containsExactly("Nonsense");
        assertThatThrownBy(() -> list(Set.of(), Set.of(), -1, "("))
                .isInstanceOf(InvalidRegularExpression.class)
                .hasMessage("Transaction ID pattern `(` is not a valid regular expression:"
                        + " error parsing regexp: missing closing ): `(`.");
    }

    private List<String> list(Set<Long> ids, Set<String> states, long duration, String pattern) {
        return rig.coordinator.listTransactions(ids, states, duration, pattern).transactionStates().stream()
                .map(ListTransactionsResponseData.TransactionState::transactionalId)
                .toList();
    }

    @Test
    void aTransactionIsDescribed() {
        InitProducerIdResult producer = init("x", 1000);
        add("x", producer);

        var described = rig.coordinator.describeTransactions("x");

        assertThat(described.producerId()).isEqualTo(producer.producerId());
        assertThat(described.producerEpoch()).isZero();
        assertThat(described.transactionState()).isEqualTo("Ongoing");
        assertThat(described.transactionTimeoutMs()).isEqualTo(1000);
        assertThat(described.transactionStartTimeMs()).isEqualTo(rig.time.milliseconds());
        assertThat(described.topics().find("a").partitions()).containsExactly(0);
        assertThat(rig.coordinator.describeTransactions("").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void whileALogIsReadItsIdsAreNotServed() {
        init("x", 1000);
        rig.kill();
        rig.start();

        assertThat(init("x", 1000).error()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(rig.coordinator
                        .listTransactions(Set.of(), Set.of(), -1, null)
                        .errorCode())
                .isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
        rig.run();
        assertThat(init("x", 1000).producerEpoch()).isEqualTo((short) 1);
    }

    @Test
    void aLogThatCannotBeReadIsNotHalfLoaded() {
        init("x", 1000);
        SimpleRecord broken = new SimpleRecord(TransactionLog.keyToBytes("y"), new byte[] {0, 1, 2});
        rig.appendState("y", MemoryRecords.withRecords(Compression.NONE, broken));
        init("z", 1000);
        rig.kill();

        rig.boot();
        rig.advance(5_000);

        assertThat(init("x", 1000).error()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(init("z", 1000).error()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
    }

    @Test
    void recordsOfFormatsThatAreNotKnownAreLeftOut() {
        SimpleRecord keyless = new SimpleRecord("value".getBytes(StandardCharsets.UTF_8));
        SimpleRecord newKey = new SimpleRecord(new byte[] {0, 9, 1}, new byte[] {0, 0});
        SimpleRecord newValue = new SimpleRecord(TransactionLog.keyToBytes("y"), new byte[] {0, 9, 1});
        rig.appendState("y", MemoryRecords.withRecords(Compression.NONE, keyless, newKey, newValue));
        init("x", 1000);
        rig.kill();

        rig.boot();

        assertThat(rig.stateOf("x")).isEqualTo("Empty");
    }

    @Test
    void aTopicWithMorePartitionsThanBeforeIsNotServedFromThem() {
        assertThat(rig.coordinator.load(1, 0)).isCompleted();
        assertThat(rig.coordinator.partitionFor("anything")).isZero();
    }

    @Test
    void aClosedCoordinatorServesNothing() {
        init("x", 1000);

        rig.coordinator.close();

        assertThat(init("x", 1000).error()).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(rig.coordinator.describeTransactions("x").errorCode())
                .isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
        assertThat(rig.coordinator
                        .listTransactions(Set.of(), Set.of(), -1, null)
                        .errorCode())
                .isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
    }

    @Test
    void partitionsOfTheStateTopicAreChosenAsKafkaDoes() {
        Rig rig = new Rig(folder.resolve("other"), 50).boot();

        assertThat(rig.coordinator.partitionFor("my-transactional-id"))
                .isEqualTo(Math.abs("my-transactional-id".hashCode()) % 50);
        assertThat(rig.coordinator.statePartition("my-transactional-id").topic())
                .isEqualTo("__transaction_state");
    }

    @Test
    void idsAreAskedForInBlocksAndAFailureIsForTheClientToRetry() {
        rig.idsPerBlock = 2;
        assertThat(init("x", 1000).producerId()).isEqualTo(1000);
        assertThat(init(null, 0).producerId()).isEqualTo(1001);
        assertThat(init(null, 0).producerId()).isEqualTo(1002);

        ProducerIdSupply failing =
                new ProducerIdSupply(() -> CompletableFuture.failedFuture(new TimeoutException("no controller")));
        assertThat(failing.next()).isCompletedExceptionally();
        assertThatThrownBy(failing::take).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS.exception());
    }

    @Test
    void aBlockThatWasGivenBeforeIsNotUsed() {
        ProducerIdSupply supply =
                new ProducerIdSupply(() -> CompletableFuture.completedFuture(new ProducerIdsBlock(1, 5, 1)));

        assertThat(supply.next().getNow(null)).isEqualTo(5);
        assertThat(supply.next()).isCompletedExceptionally();
    }

    @Test
    void idsThatComeLaterAreWaitedFor() {
        CompletableFuture<ProducerIdsBlock> block = new CompletableFuture<>();
        ProducerIdSupply supply = new ProducerIdSupply(() -> block);

        CompletableFuture<Long> first = supply.next();
        CompletableFuture<Long> second = supply.next();
        block.complete(new ProducerIdsBlock(1, 7, 10));

        assertThat(first.getNow(null)).isNotEqualTo(second.getNow(null));
    }

    @Test
    void theStateTopicIsCompactedAndNeverCompressed() {
        assertThat(Rig.SETTINGS.stateTopicConfig())
                .containsEntry("cleanup.policy", "compact")
                .containsEntry("compression.type", "uncompressed")
                .containsEntry("segment.bytes", Integer.toString(1 << 20))
                .containsEntry("unclean.leader.election.enable", "false");
    }
}
