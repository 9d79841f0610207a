package io.millrace.connectors.s3;

import io.millrace.connectors.s3.parquet.RowSchemas;
import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the records of a task, each to exactly one object. One thread.
 *
 * <p>Why exactly once. Between two cuts, the records of a topic-partition go to local files, one per folder and layout. A cut uploads
 * them all; each object's name holds the cut's first and last offset. Only after the last upload is {@code last + 1} offered for commit.
 * So at any moment a committed offset {@code c} says: every record below {@code c} is in an object whose range ends below {@code c}, and
 * an object whose range ends at {@code c} or later belongs to a cut that was not committed.
 * <ul>
 *   <li>Nothing is lost: what is not in objects is not committed, and read again.
 *   <li>Nothing is twice: when a partition is opened, the first record that comes has an offset {@code f >= c}, and nothing the lake needs
 *       lies between. Every object of the partition whose range ends at or past {@code f} is removed before anything is written under
 *       its prefix; of a replay topic, which holds records of many streams, under the prefixes of all. It does not matter whether the process
 *       died before, between or after the uploads of a cut, nor whether the cuts of the second try end elsewhere, because sizes, times or
 *       settings differ: ranges are compared, not names.
 *   <li>A batch delivered again, after a RetriableException or when the worker went back to the committed offset without closing the
 *       partition: records below the next expected offset are in a local file or an object already, and are passed over; those that cannot be
 *       written are reported again.
 *   <li>A local file that vanishes is missed when it is to be uploaded, before anything is committed. The cut is given up, the worker goes back
 *       to its first record, and what was uploaded of it is removed as when a partition is opened.
 * </ul>
 * It rests on: S3's listings see what was written and removed before (they do since 2020); one task at a time owns a partition (a task
 * that was thrown out of the group while it hung in an upload may still finish that upload: see README, "Limits"); the literal start of the
 * path stays the same as long as something is uncommitted, which a clean stop sees to.
 */
final class LakeWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LakeWriter.class);

    /** Adding up what all files hold takes longer than a record. */
    private static final int RECORDS_BETWEEN_LIMITS = 64;

    private final S3ParquetSinkConfig config;
    private final ObjectStore store;
    private final TempFolder temp;
    private final Clock clock;
    private final SinkTaskContext context;
    private final RowSchemas schemas = new RowSchemas();
    private final Map<TopicPartition, PartitionWriter> partitions = new LinkedHashMap<>();
    /** Where lost cuts begin that the worker was not asked to go back to yet. */
    private final Map<TopicPartition, Long> lost = new LinkedHashMap<>();

    private int sinceLimits;
    private long batch;
    private boolean deliveredAgain;

    LakeWriter(S3ParquetSinkConfig config, ObjectStore store, TempFolder temp, Clock clock, SinkTaskContext context) {
        this.config = config;
        this.store = store;
        this.temp = temp;
        this.clock = clock;
        this.context = context;
    }

    void open(Collection<TopicPartition> opened) {
        for (TopicPartition partition : opened) {
            discard(partition);
            partitions.put(partition, writer(partition));
        }
    }

    /**
     * Writes the records and cuts what is due; with no records, only the latter.
     *
     * @throws RetriableException when S3 failed and may recover; the same batch is expected again
     */
    void put(Collection<SinkRecord> records) {
        if (!deliveredAgain) {
            batch++;
        }
        try {
            cutDue();
            Listing listing = new Listing(store);
            for (SinkRecord record : records) {
                write(record, listing);
            }
            cutDue();
            goBackToTheLost();
            deliveredAgain = false;
        } catch (RetriableException e) {
            deliveredAgain = true;
            throw e;
        }
    }

    private void write(SinkRecord record, Listing listing) {
        TopicPartition partition = new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
        PartitionWriter writer = partitions.computeIfAbsent(partition, this::writer);
        switch (writer.admit(record, batch, listing, back -> context.offset(partition, back))) {
            case WRITE -> write(record, partition, writer);
            case DONE -> reportAgain(record, partition, writer);
            case LATER -> {}
        }
    }

    private void write(SinkRecord record, TopicPartition partition, PartitionWriter writer) {
        boolean opened;
        try {
            opened = writer.write(record);
        } catch (DataException e) {
            report(record, partition, e);
            writer.skip(record.originalKafkaOffset());
            return;
        } catch (CutLostException e) {
            readAgain(writer, e);
            return;
        }
        if (writer.due()) {
            cut(writer);
        }
        sinceLimits++;
        if (opened || sinceLimits >= RECORDS_BETWEEN_LIMITS) {
            sinceLimits = 0;
            cutTheLargest();
        }
    }

    /** A worker that delivers a batch again forgets what was reported of it; its dead letters must not be lost. */
    private void reportAgain(SinkRecord record, TopicPartition partition, PartitionWriter writer) {
        try {
            writer.check(record);
        } catch (DataException e) {
            report(record, partition, e);
        }
    }

    private void report(SinkRecord record, TopicPartition partition, DataException e) {
        ErrantRecordReporter reporter = context.errantRecordReporter();
        if (reporter == null) {
            throw new ConnectException(
                    "Connector '" + config.connector() + "', " + partition + "@" + record.originalKafkaOffset() + ": "
                            + e.getMessage(),
                    e);
        }
        // the worker waits for the dead letter before it commits
        reporter.report(record, e);
    }

    /** Keeps files and memory within their limits. */
    private void cutTheLargest() {
        if (total(Cut::openFiles) > config.maxOpenFiles()) {
            cut(largest(Cut::openFiles));
        }
        if (total(Cut::buffered) > config.maxMemory()) {
            cut(largest(Cut::buffered));
        }
    }

    private long total(ToLongFunction<Cut> measure) {
        long total = 0;
        for (PartitionWriter writer : partitions.values()) {
            total += writer.openCut().map(measure::applyAsLong).orElse(0L);
        }
        return total;
    }

    private PartitionWriter largest(ToLongFunction<Cut> measure) {
        return partitions.values().stream()
                .max(Comparator.comparingLong(
                        writer -> writer.openCut().map(measure::applyAsLong).orElse(-1L)))
                .orElseThrow();
    }

    private void cutDue() {
        for (PartitionWriter writer : partitions.values()) {
            if (writer.due()) {
                cut(writer);
            }
        }
    }

    private void cut(PartitionWriter writer) {
        cutOrReadAgain(writer);
        context.requestCommit();
    }

    private void cutOrReadAgain(PartitionWriter writer) {
        try {
            writer.cut();
        } catch (CutLostException e) {
            readAgain(writer, e);
        }
    }

    private void readAgain(PartitionWriter writer, CutLostException e) {
        writer.readAgain(e, batch, back -> lost.put(writer.partition(), back));
        // what is before it is committed before the worker goes back
        context.requestCommit();
    }

    /** Only after a put that succeeded: a worker that goes back forgets what a failed one has reported. */
    private void goBackToTheLost() {
        lost.forEach(context::offset);
        lost.clear();
    }

    /**
     * The offsets that may be committed now.
     *
     * @param consumed what the worker has delivered
     * @param cutFirst whether to cut first what is due by its age
     */
    Map<TopicPartition, OffsetAndMetadata> committable(
            Map<TopicPartition, OffsetAndMetadata> consumed, boolean cutFirst) {
        // A worker whose preCommit failed goes back to what is committed: not while it is to go back elsewhere.
        boolean cuts = cutFirst && partitions.values().stream().noneMatch(PartitionWriter::goesBack);
        try {
            for (PartitionWriter writer : partitions.values()) {
                if (cuts && writer.due()) {
                    cutOrReadAgain(writer);
                }
            }
        } catch (RetriableException e) {
            // the next put tries again, and is where the worker expects it
            LOG.warn(
                    "a cut could not be uploaded before the commit (connector={}, error={})",
                    config.connector(),
                    e.getMessage());
        }
        if (!deliveredAgain) {
            goBackToTheLost();
        }
        Map<TopicPartition, OffsetAndMetadata> committable = new HashMap<>();
        consumed.forEach((partition, offset) -> {
            PartitionWriter writer = partitions.get(partition);
            if (writer != null) {
                writer.committable(offset.offset())
                        .ifPresent(next -> committable.put(partition, new OffsetAndMetadata(next)));
            }
        });
        return committable;
    }

    /**
     * Cuts what is open of these partitions.
     *
     * @throws RetriableException when S3 failed; what was not uploaded is read again by the next owner
     */
    void flush(Collection<TopicPartition> flushed) {
        for (TopicPartition partition : flushed) {
            PartitionWriter writer = partitions.get(partition);
            if (writer != null) {
                try {
                    writer.cut();
                } catch (CutLostException e) {
                    // the next owner reads it again: it is not committed
                    writer.readAgain(e, batch, back -> {});
                }
            }
        }
    }

    /** Forgets what is not uploaded of these partitions. */
    void close(Collection<TopicPartition> closed) {
        closed.forEach(this::discard);
    }

    @Override
    public void close() {
        partitions.values().forEach(PartitionWriter::discard);
        partitions.clear();
    }

    private PartitionWriter writer(TopicPartition partition) {
        return new PartitionWriter(partition, config, store, temp, clock, schemas);
    }

    private void discard(TopicPartition partition) {
        lost.remove(partition);
        PartitionWriter writer = partitions.remove(partition);
        if (writer != null) {
            writer.discard();
        }
    }
}
