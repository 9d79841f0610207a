package io.millrace.broker.soak;

import java.io.IOException;
import java.time.Duration;

/** What a broker holds at one moment of its life, in megabytes where it is memory. */
record Memory(int life, Duration age, long residentMegabytes, long aliveMegabytes, long threads, long openFiles) {
    static Memory of(Child broker, int life, Duration age) throws IOException, InterruptedException {
        long alive = Long.parseLong(broker.ask('m', "alive")) >> 20;
        return new Memory(life, age, broker.status("VmRSS") >> 10, alive, broker.status("Threads"), broker.openFiles());
    }

    @Override
    public String toString() {
        return "broker life " + life + ", " + age.toSeconds() + " s old: resident " + residentMegabytes
                + " MB, alive in the heap " + aliveMegabytes + " MB, " + threads + " threads, " + openFiles
                + " open files";
    }
}
