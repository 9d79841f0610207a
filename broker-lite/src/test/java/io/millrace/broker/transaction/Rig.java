package io.millrace.broker.transaction;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.ProducerIdsBlock;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** A coordinator over real logs in virtual time, which can be killed and started again. */
final class Rig implements OffsetMarkers, ProducerIds {
    static final TopicPartition OFFSETS = new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, 0);
    static final TransactionSettings SETTINGS = new TransactionSettings(
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            false,
            1 << 16,
            1,
            1 << 20,
            Duration.ofMillis(20),
            Duration.ofMillis(100));

    final VirtualTime time = new VirtualTime();
    final VirtualScheduler scheduler = new VirtualScheduler(time);
    final DiskLogs logs;
    int statePartitions;
    TransactionVersion version = TransactionVersion.TV_2;
    TransactionCoordinator coordinator;
    Verification verification;
    Markers markers;
    int leaderEpoch = 3;
    int idsPerBlock = 1000;
    private long nextId = 1000;
    /** What the group coordinator answers next; null for success. */
    Errors offsetsError = Errors.NONE;

    Rig(Path folder, int statePartitions) {
        this.logs = new DiskLogs(folder, time);
        this.statePartitions = statePartitions;
        logs.create(Topic.TRANSACTION_STATE_TOPIC_NAME, statePartitions);
        logs.create(Topic.GROUP_METADATA_TOPIC_NAME, 1);
    }

    Rig boot() {
        start();
        run();
        return this;
    }

    /** Starts without running what is to be done on other threads. */
    void start() {
        coordinator = new TransactionCoordinator(
                new TransactionParts(
                        logs,
                        logs::known,
                        () -> statePartitions,
                        this,
                        this,
                        () -> version,
                        scheduler,
                        scheduler,
                        time),
                SETTINGS);
        verification = coordinator.verification(() -> true);
        markers = coordinator.markers();
        coordinator.start();
        for (int i = 0; i < statePartitions; i++) {
            coordinator.load(i, leaderEpoch);
        }
    }

    void kill() {
        scheduler.clear();
        logs.kill();
    }

    /** Until nothing is left to do now. */
    void run() {
        while (scheduler.runAll()) {
            // what ran may have left more
        }
    }

    void advance(long millis) {
        time.advance(millis);
        run();
    }

    @Override
    public CompletableFuture<ProducerIdsBlock> nextBlock() {
        nextId += idsPerBlock;
        return CompletableFuture.completedFuture(new ProducerIdsBlock(1, nextId - idsPerBlock, idsPerBlock));
    }

    @Override
    public CompletableFuture<Void> complete(
            TopicPartition partition,
            long producerId,
            short producerEpoch,
            int coordinatorEpoch,
            TransactionResult result,
            short transactionVersion) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        scheduler.execute(() -> {
            if (offsetsError != Errors.NONE) {
                answer.completeExceptionally(offsetsError.exception());
                return;
            }
            try {
                logs.append(
                        partition,
                        new EndMarker(producerId, producerEpoch, coordinatorEpoch, result, transactionVersion)
                                .records(time.milliseconds()),
                        AppendOrigin.COORDINATOR,
                        VerificationGuard.SENTINEL,
                        transactionVersion,
                        RequestLocal.noCaching());
                answer.complete(null);
            } catch (ApiException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** Appends a transactional batch as a verified request does. */
    Errors append(
            long producerId,
            short epoch,
            int sequence,
            TopicPartition partition,
            String value,
            VerificationGuard guard) {
        boolean offsets = partition.equals(OFFSETS);
        MemoryRecords records = MemoryRecords.withTransactionalRecords(
                Compression.NONE,
                producerId,
                epoch,
                offsets ? 0 : sequence,
                new SimpleRecord(time.milliseconds(), null, value.getBytes(StandardCharsets.UTF_8)));
        try {
            logs.append(
                    partition,
                    records,
                    offsets ? AppendOrigin.COORDINATOR : AppendOrigin.CLIENT,
                    guard,
                    TransactionVersion.TV_UNKNOWN,
                    RequestLocal.noCaching());
            return Errors.NONE;
        } catch (ApiException e) {
            return Errors.forException(e);
        }
    }

    /** The group coordinator's batches are not idempotent. */
    static int verifiedSequence(TopicPartition partition, int sequence) {
        return partition.equals(OFFSETS) ? RecordBatch.NO_SEQUENCE : sequence;
    }

    /** Verifies and appends. */
    Errors produce(
            String id,
            InitProducerIdResult producer,
            int sequence,
            TopicPartition partition,
            String value,
            Verification.Client client) {
        CompletableFuture<Verification.Verified> answer = verification.verify(
                id,
                producer.producerId(),
                producer.producerEpoch(),
                Map.of(partition, verifiedSequence(partition, sequence)),
                client);
        if (!answer.isDone()) {
            // a log is opened
            run();
        }
        for (int i = 0; i < 10 && !answer.isDone(); i++) {
            advance(20);
        }
        Verification.Verified verified = answer.getNow(null);
        Errors error = verified.errors().getOrDefault(partition, Errors.NONE);
        return error != Errors.NONE
                ? error
                : append(
                        producer.producerId(),
                        producer.producerEpoch(),
                        sequence,
                        partition,
                        value,
                        verified.guard(partition));
    }

    /** Writes a state as a former run would have left it. */
    void leave(TransactionMetadata state) {
        var transit = new TxnTransitMetadata(
                state.producerId(),
                state.prevProducerId(),
                -1,
                state.producerEpoch(),
                state.lastProducerEpoch(),
                state.txnTimeoutMs(),
                state.state(),
                new HashSet<>(state.topicPartitions()),
                state.txnStartTimestamp(),
                state.txnLastUpdateTimestamp(),
                state.clientTransactionVersion());
        SimpleRecord record = new SimpleRecord(
                time.milliseconds(),
                TransactionLog.keyToBytes(state.transactionalId()),
                TransactionLog.valueToBytes(transit, version));
        appendState(state.transactionalId(), MemoryRecords.withRecords(Compression.NONE, record));
    }

    void appendState(String id, MemoryRecords records) {
        int partition = Utils.abs(id.hashCode()) % statePartitions;
        logs.append(
                new TopicPartition(Topic.TRANSACTION_STATE_TOPIC_NAME, partition),
                records,
                AppendOrigin.COORDINATOR,
                VerificationGuard.SENTINEL,
                TransactionVersion.TV_UNKNOWN,
                RequestLocal.noCaching());
    }

    TransactionMetadata state(
            String id, long producerId, short epoch, TransactionState state, Set<TopicPartition> partitions) {
        return new TransactionMetadata(
                id,
                producerId,
                producerId,
                -1,
                epoch,
                (short) -1,
                60_000,
                state,
                partitions,
                state == TransactionState.EMPTY ? -1 : time.milliseconds(),
                time.milliseconds(),
                version == TransactionVersion.TV_2 ? version : TransactionVersion.TV_0);
    }

    String stateOf(String id) {
        return coordinator.describeTransactions(id).transactionState();
    }

    List<String> committed(TopicPartition partition) {
        return ReadCommitted.values(logs.log(partition));
    }

    /** The partitions on which a transaction is still open. */
    List<TopicPartition> unstable() {
        List<TopicPartition> unstable = new ArrayList<>();
        for (TopicPartition partition : logs.partitions()) {
            if (!logs.untouched(partition)) {
                var log = logs.log(partition);
                if (log.lastStableOffset() != log.logEndOffset()) {
                    unstable.add(partition);
                }
            }
        }
        return unstable;
    }
}
