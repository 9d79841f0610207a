package io.millrace.broker.storage;

import io.millrace.broker.storage.Checkpoints.Saved;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.storage.internals.log.UnifiedLog;

/**
 * A partition's files while its log is not open: whether there are any, how they were left, what is written down of them. Changed under the
 * partition's lock, read by any thread.
 */
final class FilesAtRest {
    private final TopicPartition name;
    private final Uuid topicId;
    private final PartitionParts parts;
    private volatile boolean present;
    private volatile boolean closed;
    private volatile Saved saved;
    /** Whether a folder may have been made without the log having been opened. */
    private boolean making;

    /**
     * @param present whether there are any
     * @param closed whether the log was closed cleanly, if there are
     */
    FilesAtRest(TopicPartition name, Uuid topicId, boolean present, boolean closed, Saved saved, PartitionParts parts) {
        this.name = name;
        this.topicId = topicId;
        this.present = present;
        this.closed = closed;
        this.saved = saved;
        this.parts = parts;
    }

    TopicPartition name() {
        return name;
    }

    Uuid topicId() {
        return topicId;
    }

    boolean present() {
        return present;
    }

    /** Whether opening recovers nothing, as far as is known. */
    boolean closed() {
        return !present || closed;
    }

    Saved saved() {
        return saved;
    }

    Path folder() {
        return parts.folder().of(name);
    }

    long size() throws IOException {
        return present && Files.isDirectory(folder()) ? SegmentFiles.bytes(folder()) : 0;
    }

    /** Whether opening would recover nothing; looks at the files of a log that was not marked as closed. */
    boolean findClosed() throws IOException {
        if (present && !closed) {
            closed = parts.opener().wasClosed(name, saved.recoveryPoint());
        }
        return closed;
    }

    /** Makes a log of them, or makes them, after former partitions of the name have given up theirs. */
    UnifiedLog open(int leaderEpoch, DiskFailure disk) throws IOException {
        parts.leaving().await(name, topicId);
        LogOpener.Opening what =
                new LogOpener.Opening(name, topicId, parts.configs().of(name.topic()), saved, closed());
        return parts.opener().open(what, leaderEpoch, disk, this::forgetNamesake);
    }

    private void forgetNamesake() throws IOException {
        // first, so that nobody writes it down again
        saved = Saved.NOTHING;
        parts.forgetting().forget(name);
        making = true;
    }

    void opened() {
        present = true;
        closed = false;
    }

    /** The log is no longer open. */
    void left(Saved last) {
        saved = last;
    }

    /**
     * Gives the folder the name of one that is to be deleted.
     *
     * @return its new name, if there was one
     */
    Optional<Path> doom() throws IOException {
        Optional<Path> doomed = Optional.empty();
        if ((present || making) && Files.isDirectory(folder())) {
            doomed = Optional.of(parts.folder().doom(name));
        }
        present = false;
        making = false;
        return doomed;
    }
}
