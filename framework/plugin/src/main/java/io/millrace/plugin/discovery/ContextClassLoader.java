package io.millrace.plugin.discovery;

import org.jspecify.annotations.Nullable;

/** Runs a piece of code under a plugin's loader; nests. Costs nothing where the loader is already current. */
public final class ContextClassLoader {
    private static final Scope UNCHANGED = () -> {};

    private ContextClassLoader() {}

    /** Ends by putting the previous loader back; to be closed on the thread that entered. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    public static Scope enter(ClassLoader loader) {
        Thread thread = Thread.currentThread();
        @Nullable ClassLoader previous = thread.getContextClassLoader();
        if (previous == loader) {
            return UNCHANGED;
        }
        thread.setContextClassLoader(loader);
        return () -> thread.setContextClassLoader(previous);
    }
}
