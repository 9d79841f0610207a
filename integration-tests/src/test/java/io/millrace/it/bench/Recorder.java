package io.millrace.it.bench;

import java.io.IOException;

/** Takes the readings of one contestant in one round. */
interface Recorder {
    /** @param detail which of several, or nothing where a figure has but one */
    void record(Figure figure, String detail, double value);

    default void memory(BrokerJvm broker, Figure resident, Figure proportional, String detail) throws IOException {
        record(resident, detail, mebibytes(ProcessFigures.residentBytes(broker.pid())));
        record(proportional, detail, mebibytes(ProcessFigures.proportionalBytes(broker.pid())));
    }

    private static double mebibytes(long bytes) {
        return bytes / (double) (1 << 20);
    }
}
