package io.millrace.it.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/** Readings that keep coming while a test does something else: numbered one after the other, a few at a time, each acknowledged. */
public final class Flow implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MOST = 10;

    private final Devices devices;
    private final AtomicLong next;
    private final LongFunction<String> reading;
    private final Random random;
    private final Thread thread;
    private volatile boolean ending;
    private volatile Optional<Exception> failure = Optional.empty();

    private Flow(Devices devices, AtomicLong next, LongFunction<String> reading, long seed) {
        this.devices = devices;
        this.next = next;
        this.reading = reading;
        this.random = new Random(seed);
        this.thread = new Thread(this::flow, "flow");
    }

    /**
     * @param next the number of the next reading; read it to know what was posted
     * @param reading number to the reading of it
     */
    public static Flow start(Devices devices, AtomicLong next, LongFunction<String> reading, long seed) {
        Flow flow = new Flow(devices, next, reading, seed);
        flow.thread.start();
        return flow;
    }

    private void flow() {
        try {
            do {
                List<String> batch = new ArrayList<>();
                int size = 1 + random.nextInt(MOST);
                for (int i = 0; i < size; i++) {
                    batch.add(reading.apply(next.getAndIncrement()));
                }
                devices.post(batch, random.nextLong(), PATIENCE);
                LockSupport.parkNanos(PAUSE.toNanos());
            } while (!ending);
        } catch (Exception e) {
            failure = Optional.of(e);
        }
    }

    /** Stops. From now on every reading below the next number is acknowledged. */
    public void end() throws Exception {
        close();
    }

    /** The same; what went wrong with the posting is told once. */
    @Override
    public void close() throws Exception {
        ending = true;
        thread.join();
        Optional<Exception> untold = failure;
        failure = Optional.empty();
        if (untold.isPresent()) {
            throw untold.get();
        }
    }
}
