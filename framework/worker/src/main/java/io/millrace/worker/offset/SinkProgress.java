package io.millrace.worker.offset;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a sink task has come, per partition, and which dead letters wait for which offset. No I/O: it only decides. Owned by the task
 * thread. All offsets are "the next one to read".
 *
 * @param <L> a dead letter
 */
public final class SinkProgress<L> {
    private record Held<L>(L letter, long bytes) {}

    private static final class Position<L> {
        private long consumed;
        private long delivered;
        private long given;
        private OffsetAndMetadata committed;
        private final TreeMap<Long, Held<L>> held = new TreeMap<>();

        private Position(long start) {
            consumed = start;
            delivered = start;
            given = start;
            committed = new OffsetAndMetadata(start);
        }
    }

    private final Map<TopicPartition, Position<L>> positions = new HashMap<>();

    /** A partition came; what was committed of it ends at the position. */
    public void assigned(TopicPartition partition, long position) {
        positions.put(partition, new Position<>(position));
    }

    /** A partition went; its dead letters go with it and are made again by its next owner. */
    public void removed(Collection<TopicPartition> partitions) {
        partitions.forEach(positions::remove);
    }

    public Set<TopicPartition> partitions() {
        return Set.copyOf(positions.keySet());
    }

    public boolean owns(TopicPartition partition) {
        return positions.containsKey(partition);
    }

    /** A record was read and converted, filtered or held. */
    public void consumed(TopicPartition partition, long next) {
        Position<L> position = positions.get(partition);
        if (position != null) {
            position.consumed = next;
        }
    }

    /** The task has taken all that was consumed. */
    public void delivered() {
        for (Position<L> position : positions.values()) {
            position.delivered = position.consumed;
            position.given = position.consumed;
        }
    }

    /** The task has taken, or will never be given, all of a partition before the offset. */
    public void delivered(TopicPartition partition, long next) {
        Position<L> position = positions.get(partition);
        if (position != null) {
            position.delivered = next;
        }
    }

    /** The task has taken this record; those after it, until the next one, are not its own. */
    public void given(TopicPartition partition, long offset) {
        Position<L> position = positions.get(partition);
        if (position != null) {
            position.given = offset + 1;
        }
    }

    /** What was committed last of each partition. */
    public Map<TopicPartition, Long> committedOffsets() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        positions.forEach((partition, position) -> offsets.put(partition, position.committed.offset()));
        return offsets;
    }

    /** Whether the task has taken the record. */
    public boolean isDelivered(TopicPartition partition, long offset) {
        Position<L> position = positions.get(partition);
        return position != null && offset < position.delivered;
    }

    /**
     * Keeps a dead letter until an offset past it is committed; a second one of the same record replaces the first.
     *
     * @param bytes about what it takes in memory
     */
    public void hold(TopicPartition partition, long offset, L letter, long bytes) {
        Position<L> position = positions.get(partition);
        if (position != null) {
            position.held.put(offset, new Held<>(letter, bytes));
        }
    }

    public int held() {
        return positions.values().stream().mapToInt(p -> p.held.size()).sum();
    }

    /** What the held dead letters take in memory. */
    public long heldBytes() {
        return positions.values().stream()
                .flatMap(position -> position.held.values().stream())
                .mapToLong(Held::bytes)
                .sum();
    }

    /** Reading goes on at the offset, by the task's wish; nothing needs to be committed for that. */
    public void moved(TopicPartition partition, long offset) {
        Position<L> position = positions.get(partition);
        if (position != null) {
            position.consumed = offset;
            position.delivered = offset;
            position.given = offset;
            position.committed = new OffsetAndMetadata(offset);
            position.held.tailMap(offset, true).clear();
        }
    }

    /** Forgets everything after the last commit. Answers where each partition is to be read from. */
    public Map<TopicPartition, Long> rewindToCommitted() {
        Map<TopicPartition, Long> starts = new HashMap<>();
        positions.forEach((partition, position) -> {
            moved(partition, position.committed.offset());
            starts.put(partition, position.committed.offset());
        });
        return starts;
    }

    /** What the task is asked about before a commit: the delivered offset of each of these partitions. */
    public Map<TopicPartition, OffsetAndMetadata> deliveredOffsets(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> delivered = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Position<L> position = positions.get(partition);
            if (position != null) {
                delivered.put(partition, new OffsetAndMetadata(position.delivered));
            }
        }
        return delivered;
    }

    /**
     * Decides on a commit.
     *
     * @param answer what the task said may be committed; offsets of partitions it has not got, or past what it was given, are ignored
     */
    public CommitPlan<L> plan(Map<TopicPartition, OffsetAndMetadata> answer) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        List<String> ignored = new ArrayList<>();
        answer.forEach((partition, offset) -> {
            Position<L> position = positions.get(partition);
            if (position == null) {
                ignored.add("Offset " + offset.offset() + " of '" + partition + "', which this task has not got.");
            } else if (offset.offset() > position.delivered) {
                ignored.add("Offset " + offset.offset() + " of '" + partition + "', of which the task was given only "
                        + position.delivered + ".");
            } else {
                OffsetAndMetadata planned = pastWhatWasNotGiven(position, offset);
                if (!planned.equals(position.committed)) {
                    offsets.put(partition, planned);
                }
            }
        });
        return new CommitPlan<>(offsets, covered(offsets), ignored);
    }

    /** A task that has all it was given does not know of the dropped and the dead after it: they must not wait for its next record. */
    private static OffsetAndMetadata pastWhatWasNotGiven(Position<?> position, OffsetAndMetadata answer) {
        return answer.offset() >= position.given && answer.offset() < position.delivered
                ? new OffsetAndMetadata(position.delivered, answer.leaderEpoch(), answer.metadata())
                : answer;
    }

    /** The commit that has to come before these moves: the places of those that lead behind what is committed; maybe none. */
    public CommitPlan<L> planOfMoves(Map<TopicPartition, Long> moves) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        moves.forEach((partition, offset) -> {
            Position<L> position = positions.get(partition);
            if (position != null && offset < position.committed.offset()) {
                offsets.put(partition, new OffsetAndMetadata(offset));
            }
        });
        return new CommitPlan<>(offsets, covered(offsets), List.of());
    }

    // Invariant: no offset is committed without the dead letters below it.
    private List<L> covered(Map<TopicPartition, OffsetAndMetadata> offsets) {
        List<L> letters = new ArrayList<>();
        positions.forEach((partition, position) -> position.held
                .headMap(end(partition, position, offsets))
                .values()
                .forEach(held -> letters.add(held.letter())));
        return letters;
    }

    private static long end(
            TopicPartition partition, Position<?> position, Map<TopicPartition, OffsetAndMetadata> offsets) {
        OffsetAndMetadata planned = offsets.get(partition);
        long committed = position.committed.offset();
        return planned == null ? committed : Math.max(committed, planned.offset());
    }

    /** The plan was carried out. */
    public void committed(CommitPlan<L> plan) {
        positions.forEach((partition, position) ->
                position.held.headMap(end(partition, position, plan.offsets())).clear());
        plan.offsets().forEach((partition, offset) -> {
            Position<L> position = positions.get(partition);
            if (position != null) {
                position.committed = offset;
            }
        });
    }
}
