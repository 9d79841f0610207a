package io.millrace.broker.metadata;

import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;
import org.apache.kafka.image.loader.LogDeltaManifest;
import org.apache.kafka.image.loader.MetadataBatchLoader;
import org.apache.kafka.image.writer.ImageWriterOptions;
import org.apache.kafka.image.writer.RaftSnapshotWriter;
import org.apache.kafka.metadata.SupportedConfigChecker;
import org.apache.kafka.raft.BatchReader;
import org.apache.kafka.raft.RaftClient;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.snapshot.SnapshotReader;
import org.apache.kafka.snapshot.SnapshotWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the committed metadata log into images and hands each to the parts of the broker, on the log's thread and in order, before the
 * controller reports the change as done. Writes a snapshot of the image when the log has grown.
 */
final class Images implements RaftClient.Listener<ApiMessageAndVersion> {
    private static final Logger LOG = LoggerFactory.getLogger(Images.class);
    private static final int RECORDS_PER_BATCH = 1024;

    private final MetadataLog log;
    private final MetadataBatchLoader loader;
    private final FaultHandler faults;
    private final SupportedConfigChecker supported;
    private final long snapshotBytes;
    private final CopyOnWriteArrayList<MetadataListener> listeners = new CopyOnWriteArrayList<>();
    private volatile MetadataImage image = MetadataImage.EMPTY;
    private long bytesSinceSnapshot;

    Images(MetadataLog log, long snapshotBytes, SupportedConfigChecker supported, FaultHandler faults, Time time) {
        this.log = log;
        this.snapshotBytes = snapshotBytes;
        this.supported = supported;
        this.faults = faults;
        this.loader = new MetadataBatchLoader(new LogContext(), time, faults, this::publish, supported);
    }

    MetadataImage current() {
        return image;
    }

    /** Adds a part, on the log's thread: it gets the image as it is as one delta from nothing, then each change. */
    void add(MetadataListener listener) {
        MetadataImage now = image;
        MetadataVersion version = now.features().metadataVersion().orElse(MetadataVersion.MINIMUM_VERSION);
        MetadataDelta all = new MetadataDelta.Builder()
                .setImage(MetadataImage.EMPTY)
                .setSupportedConfigChecker(supported)
                .build();
        now.write(new DeltaWriter(all), new ImageWriterOptions.Builder(version).build());
        all.finishSnapshot();
        notify(listener, all, all.apply(now.provenance()));
        listeners.add(listener);
    }

    @Override
    public void handleCommit(BatchReader<ApiMessageAndVersion> reader) {
        try (reader) {
            while (reader.hasNext()) {
                var batch = reader.next();
                loader.loadBatch(batch, log.leaderAndEpoch());
                bytesSinceSnapshot += batch.sizeInBytes();
            }
        }
        loader.maybeFlushBatches(log.leaderAndEpoch(), true);
    }

    @Override
    public void handleLoadSnapshot(SnapshotReader<ApiMessageAndVersion> reader) {
        try (reader) {
            MetadataDelta delta = new MetadataDelta.Builder()
                    .setImage(image)
                    .setSupportedConfigChecker(supported)
                    .build();
            while (reader.hasNext()) {
                reader.next().records().forEach(record -> delta.replay(record.message()));
            }
            delta.finishSnapshot();
            image = delta.apply(new MetadataProvenance(
                    reader.lastContainedLogOffset(),
                    reader.lastContainedLogEpoch(),
                    reader.lastContainedLogTimestamp(),
                    true));
            loader.resetToImage(image);
        }
    }

    @Override
    public void handleLoadBootstrap(SnapshotReader<ApiMessageAndVersion> reader) {
        reader.close();
    }

    private void publish(MetadataDelta delta, MetadataImage next, LogDeltaManifest manifest) {
        image = next;
        for (MetadataListener listener : listeners) {
            notify(listener, delta, next);
        }
        // before the controller has written the metadata version nothing says how a snapshot of it would look
        Optional<MetadataVersion> version = next.features().metadataVersion();
        if (bytesSinceSnapshot >= snapshotBytes
                && version.isPresent()
                && next.provenance().isOffsetBatchAligned()) {
            snapshot(next, version.get());
            bytesSinceSnapshot = 0;
        }
    }

    private void notify(MetadataListener listener, MetadataDelta delta, MetadataImage next) {
        try {
            listener.onMetadata(delta, next);
        } catch (RuntimeException e) {
            faults.handleFault("A part of the broker could not take over a change of the metadata", e);
        }
    }

    private void snapshot(MetadataImage next, MetadataVersion version) {
        OffsetAndEpoch id = new OffsetAndEpoch(
                next.provenance().lastContainedOffset() + 1, next.provenance().lastContainedEpoch());
        try {
            log.createSnapshot(id, next.provenance().lastContainedLogTimeMs()).ifPresent(raw -> {
                write(next, version, raw);
                log.trimTo(id);
            });
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("The snapshot of the metadata could not be written; the log stays as it is");
        }
    }

    private static void write(MetadataImage image, MetadataVersion version, SnapshotWriter<ApiMessageAndVersion> raw) {
        // closed without being frozen, the file is dropped
        try (raw) {
            RaftSnapshotWriter writer = new RaftSnapshotWriter(raw, RECORDS_PER_BATCH);
            image.write(writer, new ImageWriterOptions.Builder(version).build());
            writer.close(true);
            LOG.atInfo()
                    .addKeyValue("offset", raw.snapshotId().offset())
                    .addKeyValue("bytes", writer.frozenSize().orElse(0))
                    .log("Wrote a snapshot of the metadata");
        }
    }

    private record DeltaWriter(MetadataDelta delta) implements org.apache.kafka.image.writer.ImageWriter {
        @Override
        public void write(ApiMessageAndVersion record) {
            delta.replay(record.message());
        }

        @Override
        public void close(boolean complete) {}
    }
}
