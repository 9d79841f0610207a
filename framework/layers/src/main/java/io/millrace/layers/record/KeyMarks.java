package io.millrace.layers.record;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far a group has come in event time. A partition of a raw topic has its own mark: records keep their order in it, so what is late does
 * not depend on how far other partitions were read. All times are microseconds since the epoch, {@link #NEVER} where there is none.
 *
 * @param floor what closes at it or before is closed for records from everywhere
 * @param newest event time of all
 * @param oldestClose no window of the group closes before
 * @param touched by the clock of the machine, milliseconds since the epoch: when its newest record was worked on
 * @param marks partition to its newest event time; those at or below the floor are left out
 */
public record KeyMarks(long floor, long newest, long oldestClose, long touched, SortedMap<String, Long> marks) {
    public static final long NEVER = Long.MIN_VALUE;

    /** Of {@link #oldestClose}: the group has no window. */
    public static final long NO_WINDOW = Long.MAX_VALUE;

    public static final KeyMarks NONE = new KeyMarks(NEVER, NEVER, NO_WINDOW, 0, new TreeMap<>());

    public KeyMarks {
        marks = Collections.unmodifiableSortedMap(new TreeMap<>(marks));
    }

    /** What closes at it or before is closed for records of this partition. */
    public long horizon(String partition) {
        return Math.max(floor, marks.getOrDefault(partition, NEVER));
    }

    /** After a record of an event time. */
    public KeyMarks with(String partition, long time, long now) {
        TreeMap<String, Long> next = new TreeMap<>(marks);
        next.merge(partition, time, Math::max);
        return new KeyMarks(floor, Math.max(newest, time), oldestClose, now, next);
    }

    /** With a window that closes then. */
    public KeyMarks withWindow(long closes) {
        return new KeyMarks(floor, newest, Math.min(oldestClose, closes), touched, marks);
    }

    /** With a floor that is at least this high, and the windows that are left. */
    public KeyMarks risen(long least, long oldestCloseLeft) {
        long risen = Math.max(floor, least);
        TreeMap<String, Long> left = new TreeMap<>(marks);
        left.values().removeIf(mark -> mark <= risen);
        return new KeyMarks(risen, newest, oldestCloseLeft, touched, left);
    }
}
