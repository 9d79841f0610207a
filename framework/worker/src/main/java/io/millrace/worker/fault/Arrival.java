package io.millrace.worker.fault;

import java.util.Comparator;

/**
 * When a source's record came to its worker. The arrivals of one task's records are ordered as the source gave them.
 *
 * @param millis since 1970, of the worker's clock: the record's timestamp
 * @param ordinal among the records of this millisecond, from 0; {@link #BEFORE_DEATHS} or {@link #UNKNOWN} where that was not kept
 */
public record Arrival(long millis, int ordinal) implements Comparable<Arrival> {
    /** Of a record without an ordinal: it came before any of its millisecond died. */
    public static final int BEFORE_DEATHS = -1;

    /** Of a dead letter of which is not known what came after it in its millisecond: all others count as newer. */
    public static final int UNKNOWN = -2;

    private static final Comparator<Arrival> ORDER =
            Comparator.comparingLong(Arrival::millis).thenComparingInt(Arrival::ordinal);

    public Arrival withUnknownOrdinal() {
        return new Arrival(millis, UNKNOWN);
    }

    @Override
    public int compareTo(Arrival other) {
        return ORDER.compare(this, other);
    }
}
