package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses appends while the disk is nearly full, before any log is hurt: an index is a memory-mapped file with holes, and touching a hole
 * when the disk is full is a fault of the JVM. Asks the system only once per some megabytes, the rarer the more is free. Thread-safe.
 */
final class FreeSpace {
    private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);
    private static final long ASK_AT_MOST_PER_BYTES = 64L << 20;
    private static final long ASK_AT_LEAST_PER_BYTES = 64L << 10;

    private final Path folder;
    private final FileStore disk;
    private final long reserve;
    private final AtomicLong unasked = new AtomicLong();
    private volatile boolean low;

    FreeSpace(Path folder, long reserve) throws IOException {
        this.folder = folder;
        this.disk = Files.getFileStore(folder);
        this.reserve = reserve;
    }

    /**
     * Takes note of bytes that are about to be written.
     *
     * @throws KafkaStorageException if there is no space for them; the same may be tried again
     */
    void claim(int bytes) {
        if (unasked.addAndGet(-bytes) < 0) {
            ask(bytes);
        }
    }

    private void ask(int bytes) {
        long free;
        try {
            free = disk.getUsableSpace();
        } catch (IOException e) {
            throw new KafkaStorageException("The free space of " + folder + " cannot be read: " + Reason.of(e), e);
        }
        long spare = free - reserve - bytes;
        if (spare < 0 && reserve > 0) {
            if (!low) {
                low = true;
                LOG.atError()
                        .addKeyValue("folder", folder)
                        .addKeyValue("freeBytes", free)
                        .addKeyValue("reserveBytes", reserve)
                        .log("The disk is full; producers are asked to try again until there is space.");
            }
            throw new KafkaStorageException(
                    "The disk of " + folder + " is full: " + free + " bytes are free, " + reserve + " are kept back.");
        }
        if (low) {
            low = false;
            LOG.atInfo()
                    .addKeyValue("folder", folder)
                    .addKeyValue("freeBytes", free)
                    .log("The disk has space again.");
        }
        unasked.set(Math.max(ASK_AT_LEAST_PER_BYTES, Math.min(ASK_AT_MOST_PER_BYTES, spare / 8)));
    }

    boolean low() {
        return low;
    }
}
