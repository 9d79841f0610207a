package io.millrace.broker.server;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stops a part that sets itself no limit in time: what takes longer is interrupted and left behind, so that one part that hangs keeps no other
 * from its end.
 */
record BoundedStop(String name, AutoCloseable part, Duration patience) implements AutoCloseable {
    /** @throws TimeoutException if the part did not stop in time */
    @Override
    public void close() throws InterruptedException, ExecutionException, TimeoutException {
        FutureTask<Void> stop = new FutureTask<>(() -> {
            part.close();
            return null;
        });
        Thread thread = new Thread(stop, "broker-stop-" + name);
        thread.setDaemon(true);
        thread.start();
        try {
            stop.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            stop.cancel(true);
        }
    }
}
