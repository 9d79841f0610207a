package io.millrace.connectors.s3;

import io.millrace.connectors.s3.parquet.RowSchemas;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
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

    private enum Phase {
        /** No record has come yet. */
        NEW,
        /** The worker was asked to go back to where the leftovers begin. */
        REWINDING,
        /** The worker was asked to go back to where the lost cut begins; all before it is in objects. */
        READING_AGAIN,
        WRITING
    }

    private final TopicPartition partition;
    private final S3ParquetSinkConfig config;
    private final ObjectStore store;
    private final TempFolder temp;
    private final Clock clock;
    private final RowSchemas schemas;
    /** By the topic that a record is of. All but the replay topic's records are of the topic they are read from. */
    private final Map<String, Destination> destinations = new HashMap<>();
    /** What keys begin with under which no leftovers are; this writer's own objects are all under these. */
    private final List<String> cleaned = new ArrayList<>();

    private Phase phase = Phase.NEW;
    /** While rewinding: the first record that came and must come again, and the batch it came in. */
    private long cameFirst;

    private long cameInBatch;
    /** The lowest offset that was asked for or came: objects whose range ends before it are committed. */
    private long start;
    /** The lowest offset that was not handled yet. */
    private long next;
    /** The offset after the last record that came and must come again; what is before it counts as consumed too early. */
    private long owed;
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
        this.schemas = schemas;
    }

    /**
     * @param batch the number of the worker's batch; a batch delivered again keeps its number
     * @param rewind takes the offset that the worker is to go back to
     */
    Admission admit(SinkRecord record, long batch, Listing listing, LongConsumer rewind) {
        long offset = record.originalKafkaOffset();
        switch (phase) {
            case NEW -> start = offset;
            case REWINDING, READING_AGAIN -> {
                if (phase == Phase.READING_AGAIN && offset < start) {
                    return Admission.DONE;
                }
                if (batch == cameInBatch) {
                    // still the batch from before the rewind; what is left here must come again
                    cameFirst = Math.min(cameFirst, offset);
                    owed = Math.max(owed, offset + 1);
                    return Admission.LATER;
                }
                if (offset > cameFirst) {
                    throw new ConnectException("Connector '" + config.connector() + "', " + partition + "@" + offset
                            + ": the worker did not go back to an offset it was asked to.");
                }
                start = Math.min(start, offset);
            }
            case WRITING -> {
                if (offset < next) {
                    return Admission.DONE;
                }
            }
        }
        List<String> prefixes = uncleaned(record);
        if (!prefixes.isEmpty()) {
            Leftovers leftovers = leftovers(prefixes, listing);
            if (leftovers.first() < start) {
                goBack(offset, batch, leftovers.first(), rewind);
                return Admission.LATER;
            }
            remove(leftovers);
            cleaned.addAll(prefixes);
        }
        if (phase != Phase.WRITING) {
            next = offset;
            phase = Phase.WRITING;
        }
        return Admission.WRITE;
    }

    /**
     * What is to be looked through before the record is written. A partition that is of no stream, as the replay topic's are, may hold
     * records of any: all of their folders are looked through at the start, so that no commit passes a leftover.
     */
    private List<String> uncleaned(SinkRecord record) {
        Stream<String> topics = Stream.of(record.topic());
        if (phase != Phase.WRITING && !config.streams().containsKey(partition.topic())) {
            topics = Stream.concat(topics, config.streams().keySet().stream());
        }
        return topics.map(topic -> destination(topic).prefix())
                .filter(prefix -> !isClean(prefix))
                .distinct()
                .toList();
    }

    private boolean isClean(String key) {
        return cleaned.stream().anyMatch(key::startsWith);
    }

    private Leftovers leftovers(List<String> prefixes, Listing listing) {
        List<String> keys = prefixes.stream()
                .flatMap(prefix -> listing.of(prefix).stream())
                .distinct()
                // Own objects may be under a longer prefix than the one that is looked through.
                .filter(key -> !isClean(key))
                .toList();
        return Leftovers.among(keys, partition, start);
    }

    /**
     * Not an uncommitted cut as this class makes them: the group's offset was moved into a committed range, or compaction took the first
     * records of an uncommitted one. Removing the object would lose the records before the start: write them again.
     */
    private void goBack(long offset, long batch, long first, LongConsumer rewind) {
        rewind.accept(first);
        LOG.warn(
                "the committed offset is inside of a written range; going back to the range's start"
                        + " (connector={}, topic={}, partition={}, offset={}, first={})",
                config.connector(),
                partition.topic(),
                partition.partition(),
                offset,
                first);
        // What was written since the start comes again, and what of it is in objects is among the leftovers then.
        discard();
        cleaned.clear();
        uploaded = -1;
        start = first;
        cameFirst = offset;
        owed = Math.max(owed, offset + 1);
        cameInBatch = batch;
        phase = Phase.REWINDING;
    }

    /**
     * The open cut is lost: its records are to be delivered again. Objects of it that were uploaded are leftovers then.
     *
     * @param batch the number of the worker's last batch
     * @param rewind takes the offset that the worker is to go back to
     */
    void readAgain(CutLostException loss, long batch, LongConsumer rewind) {
        Cut lost = Objects.requireNonNull(cut, "only an open cut can be lost");
        start = lost.first();
        cameFirst = Math.max(start, next - 1);
        owed = Math.max(owed, next);
        cameInBatch = batch;
        phase = Phase.READING_AGAIN;
        cleaned.clear();
        rewind.accept(start);
        discard();
        LOG.warn(
                "a temporary file has vanished, something removes files from the temporary folder: the records since"
                        + " the last upload are read again"
                        + " (connector={}, topic={}, partition={}, offset={}, rows={}, error={})",
                config.connector(),
                partition.topic(),
                partition.partition(),
                start,
                lost.rows(),
                loss.getMessage());
    }

    private void remove(Leftovers leftovers) {
        if (leftovers.keys().isEmpty()) {
            return;
        }
        // Invariant: no object holds an offset that is about to be written.
        store.delete(leftovers.keys());
        LOG.info(
                "removed objects whose offsets were not committed"
                        + " (connector={}, topic={}, partition={}, offset={}, objects={})",
                config.connector(),
                partition.topic(),
                partition.partition(),
                start,
                leftovers.keys().size());
    }

    private Destination destination(String topic) {
        return destinations.computeIfAbsent(topic, any -> Destination.of(config, topic, schemas));
    }

    /**
     * Adds an admitted record to the open cut.
     *
     * @return whether another file was opened for it
     * @throws DataException when it can never be written; nothing has changed then
     * @throws CutLostException when the open cut is lost; {@link #readAgain} is to be called
     */
    boolean write(SinkRecord record) {
        Destination.Placed placed = destination(record.topic()).place(record);
        long offset = record.originalKafkaOffset();
        Cut open = cut;
        if (open == null) {
            open = new Cut(partition, temp, config.compression(), offset, clock.millis());
            cut = open;
        }
        boolean opened = open.add(placed.folder(), placed.row(), offset);
        next = offset + 1;
        return opened;
    }

    /**
     * Looks whether the record can be written, without writing it.
     *
     * @throws DataException when it cannot
     */
    void check(SinkRecord record) {
        destination(record.topic()).place(record);
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

    /**
     * Uploads the open cut, if there is one. May throw a RetriableException; then it is {@link #due} until it succeeds.
     *
     * @throws CutLostException when the open cut is lost; {@link #readAgain} is to be called
     */
    void cut() {
        Cut open = cut;
        if (open == null) {
            return;
        }
        open.upload(store);
        uploaded = open.last() + 1;
        cut = null;
        LOG.debug(
                "uploaded a cut (connector={}, topic={}, partition={}, offset={}, rows={})",
                config.connector(),
                partition.topic(),
                partition.partition(),
                open.last(),
                open.rows());
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
        if (phase == Phase.READING_AGAIN) {
            return OptionalLong.of(Math.min(consumed, start));
        }
        long handled = next < owed ? Math.min(consumed, next) : consumed;
        // all before the open cut is in objects or was reported
        return OptionalLong.of(cut == null ? handled : Math.min(handled, cut.first()));
    }

    TopicPartition partition() {
        return partition;
    }

    /** Whether the worker was asked to go back and has not come there yet. */
    boolean goesBack() {
        return phase == Phase.REWINDING || phase == Phase.READING_AGAIN;
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
