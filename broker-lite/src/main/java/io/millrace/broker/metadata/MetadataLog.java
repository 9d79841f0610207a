package io.millrace.broker.metadata;

import io.millrace.broker.storage.LogCheck;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.memory.MemoryPool;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.record.internal.ControlRecordUtils;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.MetadataRecordSerde;
import org.apache.kafka.raft.Batch;
import org.apache.kafka.raft.Isolation;
import org.apache.kafka.raft.LeaderAndEpoch;
import org.apache.kafka.raft.MetadataLogConfig;
import org.apache.kafka.raft.RaftClient;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.internals.BatchAccumulator;
import org.apache.kafka.raft.internals.BatchAccumulator.CompletedBatch;
import org.apache.kafka.raft.internals.BatchMemoryPool;
import org.apache.kafka.raft.internals.KafkaRaftLog;
import org.apache.kafka.raft.internals.MemoryBatchReader;
import org.apache.kafka.raft.internals.RecordsBatchReader;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.common.KRaftVersion;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.snapshot.RecordsSnapshotReader;
import org.apache.kafka.snapshot.RecordsSnapshotWriter;
import org.apache.kafka.snapshot.SnapshotWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata log of a node that is its own quorum: {@code __cluster_metadata-0}, with snapshots and the {@code quorum-state} file, in
 * Kafka's format, so that Kafka opens what this wrote and the other way round. What is appended is flushed to disk and then committed; there
 * is nobody to ask. Each life of the node is a new leader epoch.
 *
 * <p>Listeners are called on one thread, in the order in which they registered: who registers before the controller has seen a change
 * before the controller reports it as done.
 */
public final class MetadataLog implements RaftClient<ApiMessageAndVersion> {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataLog.class);
    private static final TopicPartition PARTITION = Topic.CLUSTER_METADATA_TOPIC_PARTITION;
    private static final MetadataRecordSerde SERDE = new MetadataRecordSerde();
    private static final int READ_BYTES = 8 * 1024 * 1024;
    /** Room for the records of one request; the controller writes at most 10,000 records at once. */
    private static final int BATCH_BYTES = 2 * 1024 * 1024;

    private static final int SNAPSHOT_BATCH_BYTES = 1024 * 1024;
    private static final int MAX_PENDING_BATCHES = 1000;
    private static final long STOP_SECONDS = 10;

    private static final long RETRY_SECONDS = 1;

    private final int nodeId;
    private final int epoch;
    private final Opener opener;
    /** Replaced on the log's thread after an error of the disk. */
    private volatile RaftLog log;

    /** Prepared, and not known to be on disk yet. Used on the log's thread only. */
    private final List<CompletedBatch<ApiMessageAndVersion>> pending = new ArrayList<>();

    private final Time time;
    private final BatchAccumulator<ApiMessageAndVersion> accumulator;
    private final CopyOnWriteArrayList<Listener<ApiMessageAndVersion>> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService thread;

    /** Whether the log met an error and waits to be opened again. Used on the log's thread only. */
    private boolean failed;

    /** Whether what the log holds could not be told to a listener. Used on the log's thread only. */
    private boolean unreadable;

    /** Opens the log in its folder. */
    interface Opener {
        RaftLog open() throws IOException;
    }

    private MetadataLog(int nodeId, int epoch, Opener opener, RaftLog log, Time time) {
        this.nodeId = nodeId;
        this.epoch = epoch;
        this.opener = opener;
        this.log = log;
        this.time = time;
        this.accumulator = new BatchAccumulator<>(
                epoch,
                log.endOffset().offset(),
                0,
                BATCH_BYTES,
                MAX_PENDING_BATCHES,
                new BatchMemoryPool(1, BATCH_BYTES),
                time,
                Compression.NONE,
                SERDE);
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread t = new Thread(task, "broker-metadata");
            t.setDaemon(true);
            return t;
        });
    }

    /**
     * Opens or makes the log in a data folder and begins a new epoch in it.
     *
     * @throws org.apache.kafka.common.errors.KafkaStorageException if the log is damaged where something can be read behind; nothing is cut
     * @throws IOException if the log cannot be read or written
     */
    public static MetadataLog open(File folder, int nodeId, MetadataLogConfig config, Scheduler scheduler, Time time)
            throws IOException {
        File dir = new File(folder, PARTITION.topic() + "-" + PARTITION.partition());
        return open(dir, nodeId, time, () -> {
            // Kafka's loader would cut the log at the first damage, and with it all that was decided since
            LogCheck.prepare(dir.toPath());
            return KafkaRaftLog.createLog(PARTITION, Uuid.METADATA_TOPIC_ID, dir, time, scheduler, config, nodeId);
        });
    }

    static MetadataLog open(File dir, int nodeId, Time time, Opener opener) throws IOException {
        RaftLog log = opener.open();
        log.updateHighWatermark(log.endOffset());
        QuorumState state = new QuorumState(dir.toPath());
        int epoch = Math.max(log.lastFetchedEpoch(), state.epoch()) + 1;
        state.write(nodeId, epoch);
        log.initializeLeaderEpoch(epoch);
        MetadataLog metadata = new MetadataLog(nodeId, epoch, opener, log, time);
        metadata.beginEpoch();
        return metadata;
    }

    private void beginEpoch() {
        LeaderChangeMessage.Voter self = new LeaderChangeMessage.Voter().setVoterId(nodeId);
        accumulator.appendLeaderChangeMessage(
                new LeaderChangeMessage()
                        .setVersion(ControlRecordUtils.LEADER_CHANGE_CURRENT_VERSION)
                        .setLeaderId(nodeId)
                        .setVoters(List.of(self))
                        .setGrantingVoters(List.of(self)),
                time.milliseconds());
        accumulator.forceDrain();
        write();
    }

    /** Appends and flushes what was prepared; gives it as committed batches. What fails stays pending, so that no record is left out. */
    private List<Batch<ApiMessageAndVersion>> write() {
        pending.addAll(accumulator.drain());
        long end = log.endOffset().offset();
        for (CompletedBatch<ApiMessageAndVersion> batch : pending) {
            if (batch.baseOffset >= end) {
                log.appendAsLeader(batch.data, epoch);
            }
        }
        log.flush(false);
        log.updateHighWatermark(log.endOffset());
        List<Batch<ApiMessageAndVersion>> written = new ArrayList<>();
        for (CompletedBatch<ApiMessageAndVersion> batch : pending) {
            batch.records.ifPresent(records -> written.add(
                    Batch.data(batch.baseOffset, epoch, batch.appendTimestamp(), batch.sizeInBytes(), records)));
            batch.release();
        }
        pending.clear();
        return written;
    }

    @Override
    public void register(Listener<ApiMessageAndVersion> listener) {
        thread.execute(() -> {
            if (unreadable) {
                return;
            }
            try {
                replay(listener);
            } catch (RuntimeException e) {
                // no listener hears of a leader any more, so whoever waits for one says that the start failed
                LOG.atError().setCause(e).log("The metadata log cannot be read");
                unreadable = true;
                return;
            }
            listeners.add(listener);
            listener.handleLeaderChange(leaderAndEpoch());
        });
    }

    private void replay(Listener<ApiMessageAndVersion> listener) {
        long from = log.latestSnapshotId()
                .flatMap(log::readSnapshot)
                .map(snapshot -> {
                    long offset = snapshot.snapshotId().offset();
                    listener.handleLoadSnapshot(RecordsSnapshotReader.of(
                            snapshot, SERDE, BufferSupplier.create(), READ_BYTES, true, new LogContext()));
                    return offset;
                })
                .orElse(log.startOffset());
        while (from < log.endOffset().offset()) {
            var read = log.read(from, Isolation.COMMITTED, READ_BYTES);
            long last = from - 1;
            for (var batch : read.records.batches()) {
                last = batch.lastOffset();
            }
            if (last < from) {
                throw new IllegalStateException("nothing can be read at offset " + from + " of the metadata log");
            }
            listener.handleCommit(RecordsBatchReader.of(
                    from,
                    read.records,
                    SERDE,
                    BufferSupplier.create(),
                    READ_BYTES,
                    closed -> {},
                    true,
                    new LogContext()));
            from = last + 1;
        }
    }

    @Override
    public void unregister(Listener<ApiMessageAndVersion> listener) {
        listeners.remove(listener);
    }

    @Override
    public long prepareAppend(int leaderEpoch, List<ApiMessageAndVersion> records) {
        return accumulator.append(leaderEpoch, records, true);
    }

    @Override
    public void schedulePreparedAppend() {
        accumulator.allowDrain();
        try {
            thread.execute(this::commit);
        } catch (RejectedExecutionException e) {
            // closing: nobody is told that the change was made, so nobody may rely on it
            LOG.atDebug().setCause(e).log("A change of the metadata came after the log was closed");
        }
    }

    private void commit() {
        if (failed) {
            return;
        }
        List<Batch<ApiMessageAndVersion>> written;
        try {
            accumulator.forceDrain();
            written = write();
        } catch (RuntimeException | Error e) {
            // an error too: a full disk is one where the log's index is a mapped file
            LOG.atError()
                    .setCause(e)
                    .log("The metadata log cannot be written; changes of topics and configurations wait until it can");
            failed = true;
            reopenLater();
            return;
        }
        if (!written.isEmpty()) {
            listeners.forEach(listener -> tell(listener, written));
        }
    }

    /** One listener's error must not keep the change from the others, the last of which answers who asked for it. */
    private static void tell(Listener<ApiMessageAndVersion> listener, List<Batch<ApiMessageAndVersion>> written) {
        try {
            listener.handleCommit(MemoryBatchReader.of(written, closed -> {}));
        } catch (RuntimeException | Error e) {
            LOG.atError().setCause(e).log("A change of the metadata could not be taken over");
        }
    }

    /**
     * A log that met an error of the disk takes nothing more; opening it again cuts off what was written in part. Kafka's cannot be closed
     * then: its files are given back when it is collected.
     */
    private void reopen() {
        try {
            log.close();
        } catch (RuntimeException | Error e) {
            LOG.atDebug().setCause(e).log("The failed metadata log could not be closed");
        }
        try {
            log = opener.open();
            log.updateHighWatermark(log.endOffset());
        } catch (IOException | RuntimeException | Error e) {
            LOG.atError().setCause(e).log("The metadata log cannot be opened again yet");
            reopenLater();
            return;
        }
        failed = false;
        commit();
    }

    private void reopenLater() {
        try {
            thread.schedule(this::reopen, RETRY_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.atDebug().setCause(e).log("The metadata log is closed before it was opened again");
        }
    }

    @Override
    public OptionalLong highWatermark() {
        return OptionalLong.of(log.highWatermark().offset());
    }

    @Override
    public LeaderAndEpoch leaderAndEpoch() {
        return new LeaderAndEpoch(OptionalInt.of(nodeId), epoch);
    }

    @Override
    public OptionalInt nodeId() {
        return OptionalInt.of(nodeId);
    }

    @Override
    public Optional<Node> voterNode(int id, ListenerName listener) {
        return Optional.empty();
    }

    @Override
    public long logEndOffset() {
        return log.endOffset().offset();
    }

    /** Runs a task after all that was committed so far has been told to the listeners, on their thread. */
    void onThread(Runnable task) {
        thread.execute(task);
    }

    @Override
    public Optional<SnapshotWriter<ApiMessageAndVersion>> createSnapshot(OffsetAndEpoch id, long lastContainedLogTime) {
        return log.createNewSnapshot(id).map(raw -> new RecordsSnapshotWriter.Builder()
                .setLastContainedLogTimestamp(lastContainedLogTime)
                .setTime(time)
                .setMaxBatchSizeBytes(SNAPSHOT_BATCH_BYTES)
                .setMemoryPool(MemoryPool.NONE)
                .setKraftVersion(KRaftVersion.KRAFT_VERSION_0)
                .setRawSnapshotWriter(raw)
                .build(SERDE));
    }

    /** Makes a finished snapshot the log's start and deletes what it replaces. */
    void trimTo(OffsetAndEpoch snapshot) {
        log.onSnapshotFrozen(snapshot);
        log.maybeClean();
    }

    @Override
    public Optional<OffsetAndEpoch> latestSnapshotId() {
        return log.latestSnapshotId();
    }

    @Override
    public KRaftVersion kraftVersion() {
        return KRaftVersion.KRAFT_VERSION_0;
    }

    @Override
    public void upgradeKRaftVersion(int leaderEpoch, KRaftVersion version, boolean validateOnly) {
        throw new org.apache.kafka.common.errors.UnsupportedVersionException(
                "This node is its own quorum; kraft.version stays 0");
    }

    @Override
    public void resign(int leaderEpoch) {
        // the controller resigns after a fault; there is nobody else to lead, it claims again
        thread.execute(() -> listeners.forEach(l -> l.handleLeaderChange(leaderAndEpoch())));
    }

    @Override
    public CompletableFuture<Void> shutdown(int timeoutMs) {
        close();
        return CompletableFuture.completedFuture(null);
    }

    /** Writes what is pending and closes the log. Bounded in time. */
    @Override
    public void close() {
        thread.shutdown();
        // what waits for a disk is not waited for: nobody was told that it was done
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.atWarn().log("The metadata log did not finish within {} s", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        accumulator.close();
        log.close();
    }
}
