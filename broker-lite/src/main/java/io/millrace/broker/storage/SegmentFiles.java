package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.storage.internals.log.LogFileUtils;
import org.apache.kafka.storage.internals.log.TransactionIndex;
import org.jspecify.annotations.Nullable;

/** The files of one segment of a log that is not open. */
record SegmentFiles(Path folder, long base) {
    private static final int OFFSET_ENTRY = 8;
    private static final int TIME_ENTRY = 12;
    private static final int ABORTED_ENTRY = 34;
    /** How many entries of an index are compared with the segment itself. */
    private static final int SAMPLES = 16;

    /** Those of a folder, by offset. */
    static List<SegmentFiles> in(Path folder) throws IOException {
        List<SegmentFiles> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (LogFileUtils.isLogFile(file.toFile()) && name.indexOf('.') == 20) {
                    segments.add(new SegmentFiles(folder, LogFileUtils.offsetFromFileName(name)));
                }
            }
        }
        segments.sort(Comparator.comparingLong(SegmentFiles::base));
        return segments;
    }

    /** The size of all segments of a folder. */
    static long bytes(Path folder) throws IOException {
        long bytes = 0;
        for (SegmentFiles segment : in(folder)) {
            bytes += segment.size();
        }
        return bytes;
    }

    /** Deletes segments that were taken away shortly before the log was closed; only they have this ending. */
    static void deleteLeftovers(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (file.toString().endsWith(LogFileUtils.DELETED_FILE_SUFFIX)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    Path log() {
        return LogFileUtils.logFile(folder.toFile(), base).toPath();
    }

    Path offsetIndex() {
        return LogFileUtils.offsetIndexFile(folder.toFile(), base).toPath();
    }

    Path timeIndex() {
        return LogFileUtils.timeIndexFile(folder.toFile(), base).toPath();
    }

    Path transactionIndex() {
        return LogFileUtils.transactionIndexFile(folder.toFile(), base).toPath();
    }

    long size() throws IOException {
        return Files.size(log());
    }

    /** Makes the loader build the indexes again from the segment. */
    void dropIndexes() throws IOException {
        Files.deleteIfExists(offsetIndex());
        Files.deleteIfExists(timeIndex());
    }

    /** Whether the indexes are there, trimmed, in order, and agree with the segment as far as they were compared. */
    boolean indexesSound() throws IOException {
        return offsetIndexSound() && timeIndexSound() && transactionIndexSound();
    }

    private boolean offsetIndexSound() throws IOException {
        ByteBuffer entries = entries(offsetIndex(), OFFSET_ENTRY);
        if (entries == null) {
            return false;
        }
        int count = entries.limit() / OFFSET_ENTRY;
        int step = Math.max(1, count / SAMPLES);
        try (SegmentScan segment = new SegmentScan(log(), base)) {
            int offset = -1;
            int position = 0;
            for (int i = 0; i < count; i++) {
                int nextOffset = entries.getInt();
                int nextPosition = entries.getInt();
                if (nextOffset <= offset || nextPosition <= position || nextPosition >= segment.size()) {
                    return false;
                }
                offset = nextOffset;
                position = nextPosition;
                if ((i % step == 0 || i == count - 1) && !segment.endsAt(position, base + offset)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean timeIndexSound() throws IOException {
        ByteBuffer entries = entries(timeIndex(), TIME_ENTRY);
        if (entries == null) {
            return false;
        }
        long timestamp = -1;
        int offset = 0;
        while (entries.hasRemaining()) {
            long nextTimestamp = entries.getLong();
            int nextOffset = entries.getInt();
            if (nextTimestamp <= timestamp || nextOffset < offset) {
                return false;
            }
            timestamp = nextTimestamp;
            offset = nextOffset;
        }
        return true;
    }

    private boolean transactionIndexSound() throws IOException {
        if (!Files.exists(transactionIndex())) {
            return true;
        }
        if (Files.size(transactionIndex()) % ABORTED_ENTRY != 0) {
            return false;
        }
        try (TransactionIndex index =
                new TransactionIndex(base, transactionIndex().toFile())) {
            index.sanityCheck();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static @Nullable ByteBuffer entries(Path index, int entrySize) throws IOException {
        if (!Files.exists(index)) {
            return null;
        }
        byte[] bytes = Files.readAllBytes(index);
        return bytes.length % entrySize == 0 ? ByteBuffer.wrap(bytes) : null;
    }

    /** The time of the newest record as the time index has it, or else of the file. */
    long newestTimestamp() throws IOException {
        ByteBuffer entries = entries(timeIndex(), TIME_ENTRY);
        if (entries == null || entries.limit() == 0) {
            return Files.getLastModifiedTime(log()).toMillis();
        }
        return entries.getLong(entries.limit() - TIME_ENTRY);
    }

    /** The offset after the last record, and how far the batches reach; their headers are read from the last index entry on. */
    SegmentScan.Found end() throws IOException {
        ByteBuffer entries = entries(offsetIndex(), OFFSET_ENTRY);
        long from = entries == null || entries.limit() == 0 ? 0 : entries.getInt(entries.limit() - Integer.BYTES);
        try (SegmentScan segment = new SegmentScan(log(), base)) {
            return segment.walk(from, false);
        }
    }
}
