package io.millrace.connectors.s3;

import io.millrace.connectors.s3.parquet.Row;
import io.millrace.connectors.s3.parquet.RowSchemas;
import java.time.Clock;
import java.time.DateTimeException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One topic-partition from its opening to its closing. Why the objects hold each record once: {@link LakeWriter}. */
final class PartitionWriter {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionWriter.class);

    /** What is to be done with a record that came. */
    enum Admission {
        /** Write it. */
        WRITE,
        /** It was written, or reported, before. */
        DONE,
        /** Leave it: it will come again. */
        LATER
    }

    private record Prepared(String folder, Row row) {}

    private enum Phase {
        /** No record has come yet; there may be leftovers. */
        NEW,
        /** The worker was asked to go back to where the leftovers begin. */
        REWINDING,
        WRITING
    }

    private final TopicPartition partition;
    private final S3ParquetSinkConfig config;
    private final ObjectStore store;
    private final TempFolder temp;
    private final Clock clock;
    private final PathTemplate.OfTopic path;
    private final EventTime eventTime;
    private final RecordRows rows;

    private Phase phase = Phase.NEW;
    /** While rewinding: the first record that came, and the batch it came in. */
    private long cameFirst;

    private long cameInBatch;
    /** The lowest offset that was not handled yet. */
    private long next;
    /** The offset after the last uploaded cut; -1 before the first. */
    private long uploaded = -1;

    private @Nullable Cut cut;

    PartitionWriter(
            TopicPartition partition,
            S3ParquetSinkConfig config,
            ObjectStore store,
            TempFolder temp,
            Clock clock,
            RowSchemas schemas) {
        this.partition = partition;
        this.config = config;
        this.store = store;
        this.temp = temp;
        this.clock = clock;
        StreamRef stream = config.stream(partition.topic());
        this.path = config.path().of(config.pipeline(), partition.topic(), stream);
        this.eventTime = new EventTime(config.eventTime());
        this.rows = new RecordRows(stream, schemas);
    }

    /**
     * @param batch the number of the worker's batch; a batch delivered again keeps its number
     * @param rewind takes the offset that the worker is to go back to
     */
    Admission admit(long offset, long batch, Listing listing, LongConsumer rewind) {
        return switch (phase) {
            case WRITING -> offset >= next ? Admission.WRITE : Admission.DONE;
            case NEW -> start(offset, batch, listing, rewind);
            case REWINDING -> startAgain(offset, batch, listing);
        };
    }

    private Admission start(long offset, long batch, Listing listing, LongConsumer rewind) {
        Leftovers leftovers = Leftovers.among(listing.of(path.prefix()), partition, offset);
        if (leftovers.first() < offset) {
            // Not an uncommitted cut as this class makes them: the group's offset was moved into a committed range, or
            // compaction took
            // the first records of an uncommitted one. Removing the object would lose the records before the offset:
            // write them again.
            rewind.accept(leftovers.first());
            LOG.atWarn()
                    .addKeyValue("connector", config.connector())
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("offset", offset)
                    .addKeyValue("first", leftovers.first())
                    .log("the committed offset is inside of a written range; going back to the range's start");
            cameFirst = offset;
            cameInBatch = batch;
            phase = Phase.REWINDING;
            return Admission.LATER;
        }
        begin(offset, leftovers);
        return Admission.WRITE;
    }

    private Admission startAgain(long offset, long batch, Listing listing) {
        if (batch == cameInBatch) {
            // still the batch from before the rewind
            return Admission.LATER;
        }
        if (offset > cameFirst) {
            throw new ConnectException("Connector '" + config.connector() + "', " + partition + "@" + offset
                    + ": the worker did not go back to an offset it was asked to.");
        }
        begin(offset, Leftovers.among(listing.of(path.prefix()), partition, offset));
        return Admission.WRITE;
    }

    private void begin(long offset, Leftovers leftovers) {
        if (!leftovers.keys().isEmpty()) {
            // Invariant: no object holds an offset that is about to be written.
            store.delete(leftovers.keys());
            LOG.atInfo()
                    .addKeyValue("connector", config.connector())
                    .addKeyValue("topic", partition.topic())
                    .addKeyValue("partition", partition.partition())
                    .addKeyValue("offset", offset)
                    .addKeyValue("objects", leftovers.keys().size())
                    .log("removed objects whose offsets were not committed");
        }
        next = offset;
        phase = Phase.WRITING;
    }

    /**
     * Adds an admitted record to the open cut.
     *
     * @return whether another file was opened for it
     * @throws DataException when it can never be written; nothing has changed then
     */
    boolean write(SinkRecord record) {
        Prepared prepared = prepare(record);
        long offset = record.originalKafkaOffset();
        Cut open = cut;
        if (open == null) {
            open = new Cut(partition, temp, config.compression(), offset, clock.millis());
            cut = open;
        }
        boolean opened = open.add(prepared.folder(), prepared.row(), offset);
        next = offset + 1;
        return opened;
    }

    /**
     * Looks whether the record can be written, without writing it.
     *
     * @throws DataException when it cannot
     */
    void check(SinkRecord record) {
        prepare(record);
    }

    private Prepared prepare(SinkRecord record) {
        try {
            Row row = rows.row(record);
            return new Prepared(folder(record), row);
        } catch (DataException e) {
            throw e;
        } catch (RuntimeException e) {
            // Nothing here depends on anything but the record: it would fail the same way for ever.
            throw new DataException("The record cannot be made a row: " + e, e);
        }
    }

    private String folder(SinkRecord record) {
        try {
            return path.folder(eventTime.of(record));
        } catch (DateTimeException | ArithmeticException e) {
            throw new DataException("The time of the record has no folder: " + e.getMessage(), e);
        }
    }

    /** An admitted record was handed to the errant record reporter instead. */
    void skip(long offset) {
        if (cut != null) {
            cut.cover(offset);
        }
        next = offset + 1;
    }

    /** Whether size, records or age of the open cut say that it is time, or an upload was begun and not finished. */
    boolean due() {
        Cut open = cut;
        return open != null
                && (open.sealed()
                        || open.rows() >= config.rollRecords()
                        || open.bytes() >= config.rollBytes()
                        || clock.millis() - open.startedAt()
                                >= config.rollEvery().toMillis());
    }

    /** Uploads the open cut, if there is one. May throw a RetriableException; then it is {@link #due} until it succeeds. */
    void cut() {
        Cut open = cut;
        if (open == null) {
            return;
        }
        open.upload(store);
        uploaded = open.last() + 1;
        cut = null;
        LOG.atDebug()
                .addKeyValue("connector", config.connector())
                .addKeyValue("topic", partition.topic())
                .addKeyValue("partition", partition.partition())
                .addKeyValue("offset", open.last())
                .addKeyValue("rows", open.rows())
                .log("uploaded a cut");
    }

    /**
     * What may be committed.
     *
     * @param consumed the offset after the last record that the worker counts as delivered
     * @return empty when nothing may be
     */
    OptionalLong committable(long consumed) {
        if (phase == Phase.REWINDING || consumed < uploaded) {
            // Inside of an uploaded range nothing is committed: the objects of the range would count as leftovers. Its
            // end will be.
            return OptionalLong.empty();
        }
        // all before the open cut is in objects or was reported
        return OptionalLong.of(cut == null ? consumed : Math.min(consumed, cut.first()));
    }

    Optional<Cut> openCut() {
        return Optional.ofNullable(cut);
    }

    /** Forgets what is not uploaded; it will be read again from the committed offset. */
    void discard() {
        if (cut != null) {
            cut.discard();
            cut = null;
        }
    }
}
