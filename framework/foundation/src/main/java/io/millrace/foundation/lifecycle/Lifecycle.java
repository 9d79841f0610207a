package io.millrace.foundation.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds what was started, in order, and stops it in reverse. A stop that fails is logged and does not keep the others from stopping.
 * Thread-safe; {@link #close()} takes effect once.
 */
public final class Lifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private record Part(String name, AutoCloseable stop) {}

    private final Deque<Part> started = new ArrayDeque<>();
    private boolean closed;

    /**
     * Remembers what was just started.
     *
     * @param name as the log names it
     * @return the same component
     * @throws IllegalStateException when already closed; the component is then closed at once
     */
    public synchronized <T extends AutoCloseable> T started(String name, T component) {
        if (closed) {
            stop(new Part(name, component));
            throw new IllegalStateException("'" + name + "' was started after the stop began");
        }
        started.push(new Part(name, component));
        return component;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!started.isEmpty()) {
            stop(started.pop());
        }
    }

    private static void stop(Part part) {
        try {
            part.stop().close();
        } catch (Exception e) {
            LOG.atError().setCause(e).addKeyValue("component", part.name()).log("a component did not stop cleanly");
        }
    }
}
