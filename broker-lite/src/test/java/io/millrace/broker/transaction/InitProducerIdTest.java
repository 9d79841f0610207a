package io.millrace.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class InitProducerIdTest {
    private static final TopicPartition A = new TopicPartition("a", 0);

    @TempDir
    Path folder;

    private Rig rig;

    @BeforeEach
    void boot() {
        rig = new Rig(folder, 2);
        rig.logs.create("a", 1);
        rig.boot();
    }

    private InitProducerIdResult init(String id) {
        return init(id, Optional.empty());
    }

    private InitProducerIdResult init(String id, Optional<ProducerIdAndEpoch> expected) {
        return rig.coordinator.initProducerId(id, 1000, false, false, expected).getNow(null);
    }

    private static Optional<ProducerIdAndEpoch> expecting(InitProducerIdResult producer) {
        return Optional.of(new ProducerIdAndEpoch(producer.producerId(), producer.producerEpoch()));
    }

    @Test
    void aProducerWithoutTransactionalIdGetsAnIdOfItsOwn() {
        assertThat(init(null)).isEqualTo(new InitProducerIdResult(Errors.NONE, 1000, (short) 0));
        assertThat(init(null)).isEqualTo(new InitProducerIdResult(Errors.NONE, 1001, (short) 0));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 1000, false, false, INVALID_REQUEST",
        "x, 1000, true, false, TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
        "x, 1000, false, true, UNSUPPORTED_VERSION",
        "x, 0, false, false, INVALID_TRANSACTION_TIMEOUT",
        "x, 60001, false, false, INVALID_TRANSACTION_TIMEOUT",
        "x, 60000, false, false, NONE"
    })
    void whatCannotBeServedIsRefusedAsKafkaDoes(
            String id, int timeout, boolean twoPhase, boolean keepPrepared, Errors expected) {
        assertThat(rig.coordinator
                        .initProducerId(id, timeout, twoPhase, keepPrepared, Optional.empty())
                        .getNow(null)
                        .error())
                .isEqualTo(expected);
    }

    @Test
    void eachProducerOfATransactionalIdGetsTheNextEpoch() {
        InitProducerIdResult first = init("x");
        InitProducerIdResult second = init("x");

        assertThat(first.producerEpoch()).isZero();
        assertThat(second).isEqualTo(new InitProducerIdResult(Errors.NONE, first.producerId(), (short) 1));
        assertThat(init("x", expecting(first)).error()).isEqualTo(Errors.PRODUCER_FENCED);
    }

    @Test
    void aProducerThatGoesOnGetsTheNextEpochOnceHoweverOftenItAsks() {
        InitProducerIdResult first = init("x");

        InitProducerIdResult second = init("x", expecting(first));

        assertThat(second.producerEpoch()).isEqualTo((short) 1);
        assertThat(init("x", expecting(first))).isEqualTo(second);
        assertThat(init("x", Optional.of(new ProducerIdAndEpoch(99, (short) 0))).error())
                .isEqualTo(Errors.PRODUCER_FENCED);
    }

    @Test
    void whenItsEpochsAreUsedUpATransactionalIdGetsANewProducerId() {
        short last = (short) (Short.MAX_VALUE - 1);
        rig.leave(rig.state("x", 77, last, TransactionState.EMPTY, Set.of()));
        rig.kill();
        rig.boot();

        InitProducerIdResult next = init("x", Optional.of(new ProducerIdAndEpoch(77, last)));

        assertThat(next).isEqualTo(new InitProducerIdResult(Errors.NONE, 1000, (short) 0));
        assertThat(init("x", Optional.of(new ProducerIdAndEpoch(77, last))))
                .as("asked again, for the answer may have been lost")
                .isEqualTo(next);
    }

    @ParameterizedTest
    @EnumSource(
            value = TransactionVersion.class,
            names = {"TV_0", "TV_1", "TV_2"})
    void anOpenTransactionIsAbortedAndItsProducerFencedBeforeTheNextOneMayBegin(TransactionVersion version) {
        rig.version = version;
        InitProducerIdResult first = init("x");
        rig.coordinator.addPartitionsToTxn("x", first.producerId(), (short) 0, Set.of(A), TransactionVersion.TV_0);
        assertThat(rig.produce("x", first, 0, A, "never seen", Verification.Client.OLD))
                .isEqualTo(Errors.NONE);

        InitProducerIdResult refused = init("x");

        assertThat(refused.error()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(init("x")).isEqualTo(new InitProducerIdResult(Errors.NONE, first.producerId(), (short) 2));
        assertThat(ReadCommitted.markers(rig.logs.log(A))).containsExactly(ControlRecordType.ABORT);
        assertThat(rig.committed(A)).isEmpty();
        assertThat(rig.unstable()).isEmpty();
        assertThat(rig.produce("x", first, 1, A, "zombie", Verification.Client.OLD))
                .isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(rig.coordinator
                        .addPartitionsToTxn("x", first.producerId(), (short) 0, Set.of(A), TransactionVersion.TV_0)
                        .getNow(null))
                .isEqualTo(Errors.PRODUCER_FENCED);
    }

    @Test
    void anIdOfAPartitionThatIsNotLoadedIsNotServed() {
        rig.coordinator.unload(rig.coordinator.partitionFor("x"));

        assertThat(init("x").error()).isEqualTo(Errors.NOT_COORDINATOR);
    }
}
