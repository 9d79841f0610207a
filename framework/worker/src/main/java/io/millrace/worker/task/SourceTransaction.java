package io.millrace.worker.task;

import io.millrace.worker.client.TopicCreator;
import io.millrace.worker.offset.OffsetCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * One transaction after another of a source task: records, dead letters and source offsets. The records of the open one are kept, so
 * that a record which turns out too large can be replaced by its dead letter and the rest be sent again. Owned by the task thread.
 */
final class SourceTransaction {
    /** A record of the open transaction. Its outcome is written by the producer's thread. */
    static final class Entry {
        private final Incoming incoming;
        private Prepared prepared;
        private volatile @Nullable RecordMetadata metadata;
        private volatile @Nullable Exception error;
        private boolean suspect;

        private Entry(Incoming incoming, Prepared prepared) {
            this.incoming = incoming;
            this.prepared = prepared;
        }

        Incoming incoming() {
            return incoming;
        }

        /** Null for what was dropped or set aside. */
        @Nullable
        RecordMetadata metadata() {
            return prepared instanceof Prepared.Converted ? metadata : null;
        }
    }

    /** What was committed. */
    record Committed(List<Entry> entries, Tally tally) {}

    private final TaskSpec spec;
    private final Producer<byte[], byte[]> producer;
    private final String offsetTopic;
    private final OffsetCodec codec;
    private final TopicCreator topics;
    private final SourceConversion conversion;
    private List<Entry> entries = new ArrayList<>();
    private final Map<Map<String, ?>, @Nullable Map<String, ?>> offsets = new LinkedHashMap<>();
    private boolean open;

    SourceTransaction(
            TaskSpec spec,
            Producer<byte[], byte[]> producer,
            String offsetTopic,
            TopicCreator topics,
            SourceConversion conversion) {
        this.spec = spec;
        this.producer = producer;
        this.offsetTopic = offsetTopic;
        this.codec = new OffsetCodec(offsetTopic);
        this.topics = topics;
        this.conversion = conversion;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Adds a record and sends what it became; the offset of one that was polled goes with the same transaction. */
    void add(Incoming incoming, Prepared prepared) {
        Entry entry = new Entry(incoming, prepared);
        entries.add(entry);
        // Invariant: what enters again moves no offset of the source.
        if (incoming instanceof Incoming.Polled polled && polled.original().sourcePartition() != null) {
            offsets.put(polled.original().sourcePartition(), polled.original().sourceOffset());
        }
        try {
            send(entry);
        } catch (KafkaException e) {
            sendAgain(e);
        }
    }

    /** Adds to the offsets of the open transaction one that is not of a record. */
    void addOffset(Map<String, ?> partition, Map<String, ?> offset) {
        offsets.put(partition, offset);
    }

    private void send(Entry entry) {
        entry.error = null;
        entry.metadata = null;
        if (!(entry.prepared instanceof Prepared.ToSend sending)) {
            return;
        }
        ProducerRecord<byte[], byte[]> bytes = sending.bytes();
        if (bytes.topic().equals(offsetTopic)) {
            throw new ConnectException("Source task " + spec.place() + " wrote a record to '" + offsetTopic
                    + "', the topic of source offsets. Name another topic.");
        }
        topics.ensure(bytes.topic());
        begin();
        producer.send(bytes, (metadata, error) -> {
            entry.metadata = metadata;
            entry.error = error;
        });
    }

    private void begin() {
        if (!open) {
            producer.beginTransaction();
            open = true;
        }
    }

    /**
     * Aborts, replaces the records that are too large, and sends the transaction anew.
     *
     * @throws KafkaException the failure itself, when no record was too large: the task starts again from its committed offsets
     */
    private void sendAgain(KafkaException failure) {
        KafkaException last = failure;
        while (true) {
            List<Entry> refused = entries.stream()
                    .filter(entry -> entry.error instanceof RecordTooLargeException)
                    .toList();
            if (refused.isEmpty()) {
                throw last;
            }
            refused.forEach(entry -> entry.suspect = true);
            producer.abortTransaction();
            open = false;
            entries.forEach(entry -> entry.error = null);
            try {
                if (sendSuspectsAlone()) {
                    return;
                }
            } catch (KafkaException again) {
                last = again;
            }
        }
    }

    /**
     * Sends all entries in order. The producer gives the error of one record to all that it had not sent yet, so a suspect is guilty only when
     * it is refused while nothing else is under way.
     *
     * @return false when a guilty one was found and replaced: the transaction is to be sent once more
     */
    private boolean sendSuspectsAlone() {
        for (Entry entry : entries) {
            if (!entry.suspect) {
                send(entry);
                continue;
            }
            producer.flush();
            if (entries.stream().anyMatch(before -> before.error != null)) {
                return false;
            }
            send(entry);
            producer.flush();
            if (entry.error instanceof RecordTooLargeException tooLarge) {
                entry.suspect = false;
                setAside(entry, tooLarge);
                return false;
            }
        }
        return true;
    }

    private void setAside(Entry entry, RecordTooLargeException tooLarge) {
        if (entry.prepared instanceof Prepared.Converted converted) {
            entry.prepared = conversion.refused(entry.incoming, converted.bytes(), tooLarge);
        } else if (entry.prepared instanceof Prepared.Letter letter) {
            throw new ConnectException(
                    "A record of source task " + spec.place() + " is too large for the dead letter topic '"
                            + letter.bytes().topic() + "' too: " + tooLarge.getMessage()
                            + " Raise 'max.message.bytes' of the topic.",
                    tooLarge);
        }
    }

    /** Writes the offsets and commits. Returns what was committed; nothing is sent where there is nothing new. */
    Committed commit() {
        if (entries.isEmpty() && offsets.isEmpty()) {
            return new Committed(List.of(), Tally.NONE);
        }
        while (!offsets.isEmpty() || open) {
            try {
                begin();
                sendOffsets();
                producer.commitTransaction();
                break;
            } catch (KafkaException e) {
                sendAgain(e);
            }
        }
        open = false;
        offsets.clear();
        List<Entry> done = entries;
        entries = new ArrayList<>();
        TallyBuilder tally = new TallyBuilder();
        done.forEach(entry -> entry.prepared.count(tally));
        return new Committed(done, tally.build());
    }

    private void sendOffsets() {
        offsets.forEach((partition, offset) -> producer.send(
                new ProducerRecord<>(offsetTopic, codec.key(spec.connector(), partition), codec.value(offset))));
    }

    /** The connector's own wish: the records of the open transaction are dropped, their offsets are still committed. */
    Committed abort() {
        if (open) {
            producer.abortTransaction();
            open = false;
        }
        entries.forEach(entry -> entry.prepared = new Prepared.Dropped(DropRules.ABORTED));
        return commit();
    }
}
