package io.millrace.app.command;

import java.io.PrintWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs something until the process is told to stop, and stops it in order. */
final class Serving {
    private Serving() {}

    /**
     * Returns when it was stopped.
     *
     * @param start what it throws is thrown
     * @param greeting the line that says that it serves
     */
    static <T extends AutoCloseable> void untilStopped(PrintWriter out, Supplier<T> start, Function<T, String> greeting)
            throws InterruptedException {
        CompletableFuture<T> started = new CompletableFuture<>();
        CountDownLatch stopped = new CountDownLatch(1);
        // Invariant: there before what it stops, so that what is told to stop while it starts is stopped in order too
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started, out, stopped), "stop"));
        T running;
        try {
            running = start.get();
        } catch (RuntimeException | Error e) {
            started.completeExceptionally(e);
            throw e;
        }
        out.println(greeting.apply(running));
        out.flush();
        started.complete(running);
        stopped.await();
    }

    private static <T extends AutoCloseable> void stop(
            CompletableFuture<T> started, PrintWriter out, CountDownLatch stopped) {
        started.handle((running, failure) -> {
                    if (failure == null) {
                        close(running, out);
                    }
                    return "";
                })
                .join();
        stopped.countDown();
    }

    private static void close(AutoCloseable running, PrintWriter out) {
        try {
            running.close();
            out.println("Stopped.");
        } catch (Exception e) {
            out.println("Stopped, but not cleanly: " + e);
        }
        out.flush();
    }
}
