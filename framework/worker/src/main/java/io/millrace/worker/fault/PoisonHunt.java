package io.millrace.worker.fault;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Finds the record on which a sink's put fails, whether the connector helps or not. Decides only; lives as long as the task does, through
 * all of its restarts, and is owned by its thread.
 *
 * <p>A put that fails ends the life of a task, as in Connect. The next life gives the suspects again in pieces of an eighth, and commits
 * after each, until one record fails alone, in {@value #LIVES_ALONE} lives. That one is condemned, to be a dead letter, when another record
 * has passed since the last one was condemned: so the target works, and it is the record. A target that refuses everything looks the same
 * as one bad record after another. Then a record is condemned without proof, after longer and longer pauses, but no more than
 * {@value #WITHOUT_PROOF} of them in a row: after that the task fails and starts again, as often as it takes, and passes nothing over.
 */
public final class PoisonHunt {
    static final int LIVES_ALONE = 3;
    static final int WITHOUT_PROOF = 3;

    private static final int PIECES = 8;

    /** A record: the partition it was read from, and its offset there. */
    public record Place(TopicPartition partition, long offset) {
        @Override
        public String toString() {
            return partition + "@" + offset;
        }
    }

    /** What a failed put means. */
    public enum Verdict {
        /** The next life gives less at once: it is to start soon. */
        NARROWER,
        /** The record is known, and will be a dead letter in the next life: it is to start soon. */
        CONDEMNED,
        /** Nobody can tell the record's fault from the target's: an ordinary failure of the task. */
        UNKNOWN
    }

    /** First and last offset. */
    private record Range(long first, long last) {}

    private final Map<TopicPartition, Range> suspects = new HashMap<>();
    private final Map<TopicPartition, TreeMap<Long, RecordFailure>> condemned = new HashMap<>();
    private int piece;
    private @Nullable Place alone;
    private int livesAlone;
    private boolean proof;
    private int withoutProof;

    /** Whether records are to be given in pieces, each committed before the next. */
    public boolean isOn() {
        return !suspects.isEmpty();
    }

    /** How many suspects may be given at once, 1 or more. */
    public int piece() {
        return Math.max(1, piece);
    }

    public boolean isSuspect(Place place) {
        Range range = suspects.get(place.partition());
        return range != null && place.offset() >= range.first() && place.offset() <= range.last();
    }

    /** The partition to be given last: what passes in others tells that the target works. */
    public Optional<TopicPartition> last() {
        return Optional.ofNullable(alone).map(Place::partition);
    }

    /**
     * A put failed, and not for now only.
     *
     * @param given the records it was given, in order; one or more
     * @param failure as it will be told if it is the only one
     */
    public Verdict failed(Collection<Place> given, RecordFailure failure) {
        given.forEach(this::suspect);
        if (given.size() > 1) {
            piece = Math.max(1, given.size() / PIECES);
            return Verdict.NARROWER;
        }
        piece = 1;
        Place only = given.iterator().next();
        livesAlone = only.equals(alone) ? livesAlone + 1 : 1;
        alone = only;
        if (livesAlone < LIVES_ALONE) {
            return proof ? Verdict.NARROWER : Verdict.UNKNOWN;
        }
        if (!proof && withoutProof >= WITHOUT_PROOF) {
            return Verdict.UNKNOWN;
        }
        withoutProof = proof ? 0 : withoutProof + 1;
        // Invariant: what proved that the target works proves it once, else a target that went away would condemn all.
        proof = false;
        alone = null;
        condemned
                .computeIfAbsent(only.partition(), partition -> new TreeMap<>())
                .put(only.offset(), failure);
        return Verdict.CONDEMNED;
    }

    private void suspect(Place place) {
        suspects.merge(
                place.partition(),
                new Range(place.offset(), place.offset()),
                (known, one) -> new Range(Math.min(known.first(), one.first()), Math.max(known.last(), one.last())));
    }

    /** Records that the task took, and after which it told what may be committed. */
    public void passed(Collection<Place> taken) {
        if (!isOn() || taken.isEmpty()) {
            return;
        }
        proof = true;
        withoutProof = 0;
        passedOver(taken);
    }

    /** Records that were not given to the task; they prove nothing. */
    public void passedOver(Collection<Place> places) {
        for (Place place : places) {
            if (place.equals(alone)) {
                alone = null;
            }
            suspects.computeIfPresent(
                    place.partition(),
                    (partition, range) -> range.last() <= place.offset()
                            ? null
                            : new Range(Math.max(range.first(), place.offset() + 1), range.last()));
        }
        end();
    }

    /** A partition went to another task, which hunts for itself. */
    public void gone(Collection<TopicPartition> partitions) {
        suspects.keySet().removeAll(partitions);
        condemned.keySet().removeAll(partitions);
        if (alone != null && partitions.contains(alone.partition())) {
            alone = null;
        }
        end();
    }

    private void end() {
        if (suspects.isEmpty()) {
            proof = false;
        }
    }

    /** Why the record is to be a dead letter, where it was condemned. */
    public Optional<RecordFailure> verdict(Place place) {
        TreeMap<Long, RecordFailure> records = condemned.get(place.partition());
        return records == null ? Optional.empty() : Optional.ofNullable(records.get(place.offset()));
    }

    /** The offset is committed: what was before it is done with. */
    public void committed(TopicPartition partition, long offset) {
        TreeMap<Long, RecordFailure> records = condemned.get(partition);
        if (records != null) {
            records.headMap(offset, false).clear();
            if (records.isEmpty()) {
                condemned.remove(partition);
            }
        }
    }

    /** A sentence for the log where nothing more is set aside; empty elsewhere. */
    public String told() {
        return withoutProof >= WITHOUT_PROOF
                ? "every record fails alone, so it may be the target or the settings: nothing more is set aside until one passes"
                : "";
    }
}
