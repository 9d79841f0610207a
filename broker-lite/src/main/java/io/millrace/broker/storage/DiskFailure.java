package io.millrace.broker.storage;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.jspecify.annotations.Nullable;

/**
 * Where Apache's log classes report an error of the disk. Theirs is one per folder and for good; this is one per opened log, which from then
 * on refuses everything until it is opened anew.
 */
final class DiskFailure extends LogDirFailureChannel {
    private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();
    private final Consumer<Throwable> onFirst;

    /**
     * @param onFirst told of the first error, on the thread that met it, which may hold the log's lock
     */
    DiskFailure(Consumer<Throwable> onFirst) {
        super(1);
        this.onFirst = onFirst;
    }

    boolean failed() {
        return first.get() != null;
    }

    @Nullable
    Throwable cause() {
        return first.get();
    }

    void fail(Throwable cause) {
        if (first.compareAndSet(null, cause)) {
            onFirst.accept(cause);
        }
    }

    /** Makes the log refuse everything, without there being an error. */
    void retire() {
        first.compareAndSet(null, new IOException("the log was closed"));
    }

    @Override
    public boolean hasOfflineLogDir(String folder) {
        return failed();
    }

    @Override
    public void maybeAddOfflineLogDir(String folder, String message, IOException e) {
        fail(e);
    }
}
