package io.millrace.layers.record;

/**
 * When an event was, and, where two were at the same time, which of them came from where: an order that no reading changes.
 *
 * @param time microseconds since the epoch: of the event, or where there is no event time of its arrival
 * @param partition of the raw record, {@code <topic>-<partition>}; empty where not known
 * @param offset of the raw record
 */
public record Moment(long time, String partition, long offset) implements Comparable<Moment> {
    /** Where the order does not matter. */
    public static final Moment NONE = new Moment(0, "", 0);

    /** The moment of the event that a raw record told. */
    public static Moment of(long time, String origin) {
        int at = origin.lastIndexOf('@');
        return at < 0
                ? new Moment(time, "", 0)
                : new Moment(time, origin.substring(0, at), Long.parseLong(origin.substring(at + 1)));
    }

    @Override
    public int compareTo(Moment other) {
        int order = Long.compare(time, other.time);
        order = order == 0 ? partition.compareTo(other.partition) : order;
        return order == 0 ? Long.compare(offset, other.offset) : order;
    }
}
