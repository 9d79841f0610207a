package io.millrace.layers.record;

/**
 * One window of one group.
 *
 * @param start microseconds since the epoch
 * @param end likewise; of a session its last record
 * @param totals what it has
 * @param arrival of its newest record, milliseconds since the epoch
 * @param touched by the clock of the machine, milliseconds since the epoch: when it last changed
 * @param written whether its row was written, however it was then
 * @param dirty whether it changed since
 */
public record WindowState(
        long start, long end, Totals totals, long arrival, long touched, boolean written, boolean dirty) {

    /** The same, when its row is written. */
    public WindowState asWritten() {
        return new WindowState(start, end, totals, arrival, touched, true, false);
    }
}
