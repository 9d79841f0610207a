package io.millrace.broker.storage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Closes many logs at once: the time goes into waiting for the disk, which does many flushes together. */
final class ClosingLogs {
    private static final int THREADS = 16;

    private ClosingLogs() {}

    /**
     * @return whether nothing needs recovery at the next start
     */
    static boolean closeAll(Collection<PartitionLog> partitions) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "broker-log-closing");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<?>> settling = new ArrayList<>();
            partitions.forEach(partition -> settling.add(threads.submit(partition::settle)));
            for (Future<?> one : settling) {
                one.get();
            }
            List<Future<Boolean>> closing = new ArrayList<>();
            partitions.forEach(partition -> closing.add(threads.submit(partition::close)));
            boolean clean = true;
            for (Future<Boolean> one : closing) {
                clean &= one.get();
            }
            return clean;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            threads.shutdown();
        }
    }
}
