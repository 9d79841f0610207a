package io.millrace.broker.storage;

import io.millrace.foundation.error.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the files of a log before it is opened, so that Apache's loader only meets what it can open without deleting anything: given a
 * log that was not closed, the loader cuts a segment at the first damage, or at the first error of the disk, and drops all later segments.
 *
 * <p>What must be recovered is read with its checksums; its indexes are thrown away, the loader builds them again. A tail that is cut off is
 * cut. Damage with something readable behind it is refused.
 */
public final class LogCheck {
    private static final Logger LOG = LoggerFactory.getLogger(LogCheck.class);

    private final Path folder;
    private final List<SegmentFiles> segments;

    LogCheck(Path folder) throws IOException {
        this.folder = folder;
        this.segments = SegmentFiles.in(folder);
    }

    /**
     * Prepares a log that this store does not open itself, all of it: cuts off a torn tail, drops its indexes.
     *
     * @param folder of the log; nothing is done where it is missing
     * @throws KafkaStorageException if something readable stands behind damage; names file and position
     * @throws IOException if the files cannot be read or written
     */
    public static void prepare(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            new LogCheck(folder).prepareUnclosed(0);
        }
    }

    /**
     * Whether the log was closed and is as it was then: its records reach exactly to where all was on the disk, its indexes are trimmed, the
     * state of its producers is written down.
     */
    boolean wasClosed(long recoveryPoint) throws IOException {
        if (segments.isEmpty() || swapping()) {
            return false;
        }
        SegmentFiles active = active();
        if (!active.indexesSound()) {
            return false;
        }
        SegmentScan.Found end = active.end();
        return end.whole()
                && end.next() == recoveryPoint
                && (recoveryPoint == 0
                        || LogFileUtils.producerSnapshotFile(folder.toFile(), recoveryPoint)
                                .exists());
    }

    /** Compaction was interrupted between writing a new segment and taking away the old ones; the loader finishes it. */
    private boolean swapping() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(LogFileUtils.SWAP_FILE_SUFFIX)
                    || file.toString().endsWith(LogFileUtils.CLEANED_FILE_SUFFIX));
        }
    }

    private SegmentFiles active() {
        return segments.get(segments.size() - 1);
    }

    /** Prepares a log that was closed: only segments whose indexes are missing or wrong are looked at. */
    void prepareClosed() throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            // without any snapshot the loader would think that there are no producers; recovery reads them from the
            // records
            boolean forgotten = i == segments.size() - 1 && segments.get(0).size() > 0 && !hasSnapshots();
            if (forgotten || !segments.get(i).indexesSound()) {
                recover(i);
            }
        }
    }

    private boolean hasSnapshots() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(LogFileUtils.PRODUCER_SNAPSHOT_FILE_SUFFIX));
        }
    }

    /** Prepares a log that was not closed: what may not have been on the disk is looked at too. */
    void prepareUnclosed(long recoveryPoint) throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            boolean last = i == segments.size() - 1;
            if (last
                    || segments.get(i + 1).base() > recoveryPoint
                    || !segments.get(i).indexesSound()) {
                recover(i);
            }
        }
    }

    /** Whether the last record stands before an offset; to be asked of a log that is prepared. */
    boolean endsBefore(long offset) throws IOException {
        return !segments.isEmpty() && active().base() < offset && active().end().next() < offset;
    }

    private void recover(int index) throws IOException {
        SegmentFiles segment = segments.get(index);
        SegmentScan.Found found;
        boolean lossy;
        try (SegmentScan scan = new SegmentScan(segment.log(), segment.base())) {
            found = scan.walk(0, true);
            lossy = !found.whole() && (hasRecordsAfter(index) || scan.readableBehind(found.valid(), found.next()));
        }
        if (lossy) {
            throw new KafkaStorageException(damaged(segment, found).text());
        }
        if (!found.whole()) {
            cut(segment, found);
        }
        segment.dropIndexes();
    }

    private boolean hasRecordsAfter(int index) throws IOException {
        for (SegmentFiles later : segments.subList(index + 1, segments.size())) {
            if (later.size() > 0) {
                return true;
            }
        }
        return false;
    }

    private static Problem damaged(SegmentFiles segment, SegmentScan.Found found) {
        return Problem.error(
                "broker.segment-damaged",
                segment.log() + ":" + found.valid(),
                "The segment cannot be read from byte '" + found.valid() + "' on, which holds offset '" + found.next()
                        + "': " + found.damage() + "; there are records behind it.",
                "Put back a copy of the file; or give up the rest of this segment with 'truncate -s " + found.valid()
                        + " " + segment.log() + "'. The partition is tried again by itself; nothing was deleted.");
    }

    private static void cut(SegmentFiles segment, SegmentScan.Found found) throws IOException {
        try (FileChannel channel = FileChannel.open(segment.log(), StandardOpenOption.WRITE)) {
            channel.truncate(found.valid());
        }
        LOG.atWarn()
                .addKeyValue("file", segment.log())
                .addKeyValue("position", found.valid())
                .addKeyValue("bytes", found.size() - found.valid())
                .addKeyValue("offset", found.next())
                .addKeyValue("reason", found.damage())
                .log("What is not a whole batch was cut off the end of a log.");
    }
}
