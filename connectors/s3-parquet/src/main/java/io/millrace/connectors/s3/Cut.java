package io.millrace.connectors.s3;

import io.millrace.connectors.s3.parquet.Compression;
import io.millrace.connectors.s3.parquet.Layout;
import io.millrace.connectors.s3.parquet.Row;
import io.millrace.connectors.s3.parquet.RowFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * The records of a topic-partition that go to objects together: a range of offsets, in one file per folder and layout. Open while records
 * are added; sealed by the first {@link #upload}, which can be repeated until it succeeds.
 */
final class Cut {
    private record FileKey(String folder, Layout layout) {}

    private record Upload(String key, Path file) {}

    private final TopicPartition partition;
    private final TempFolder temp;
    private final Compression compression;
    private final long first;
    private final long startedAt;
    private final Map<FileKey, RowFile> files = new LinkedHashMap<>();
    private final Deque<Upload> uploads = new ArrayDeque<>();
    private boolean sealed;
    private long last;
    private long rows;

    /**
     * @param first the offset of its first record
     * @param startedAt the wall clock, milliseconds
     */
    Cut(TopicPartition partition, TempFolder temp, Compression compression, long first, long startedAt) {
        this.partition = partition;
        this.temp = temp;
        this.compression = compression;
        this.first = first;
        this.last = first;
        this.startedAt = startedAt;
    }

    /**
     * @return whether another file was opened for it
     * @throws CutLostException when a file has vanished; discard the cut then
     */
    boolean add(String folder, Row row, long offset) {
        FileKey key = new FileKey(folder, row.layout());
        boolean opened = false;
        try {
            RowFile file = files.get(key);
            if (file == null) {
                opened = true;
                file = RowFile.create(temp.newFile(), row.layout(), compression);
                files.put(key, file);
            }
            file.write(row);
        } catch (IOException e) {
            throwIfLost();
            throw e instanceof NoSuchFileException gone ? lost(gone) : diskFailure(e);
        }
        rows++;
        last = offset;
        return opened;
    }

    /** The cut now also covers an offset whose record is not a row: it went elsewhere. */
    void cover(long offset) {
        last = offset;
    }

    /**
     * Completes the files and uploads them. When it throws a RetriableException, call it again; nothing is uploaded twice.
     *
     * @throws CutLostException when a file has vanished; discard the cut then, some of its objects may be there
     */
    void upload(ObjectStore store) {
        seal();
        while (!uploads.isEmpty()) {
            Upload next = uploads.peek();
            throwIfLost(next.file());
            try {
                store.upload(next.key(), next.file());
            } catch (RuntimeException e) {
                throwIfLost(next.file());
                throw e;
            }
            uploads.remove();
            delete(next.file());
        }
    }

    private void seal() {
        if (sealed) {
            return;
        }
        CutName name = new CutName(partition, first, last);
        Map<String, Integer> inFolder = new HashMap<>();
        for (Map.Entry<FileKey, RowFile> file : files.entrySet()) {
            try {
                file.getValue().finish();
            } catch (IOException e) {
                throwIfLost();
                throw diskFailure(e);
            }
            String folder = file.getKey().folder();
            int number = inFolder.merge(folder, 1, Integer::sum) - 1;
            uploads.add(new Upload(name.key(folder, number), file.getValue().path()));
        }
        sealed = true;
    }

    /** Forgets the records: their files are removed, what is uploaded already stays. */
    void discard() {
        if (!sealed) {
            for (RowFile file : files.values()) {
                file.abandon();
            }
        }
        files.values().forEach(file -> delete(file.path()));
    }

    boolean sealed() {
        return sealed;
    }

    /** The offset of its first record. */
    long first() {
        return first;
    }

    /** The offset of the last record it covers. */
    long last() {
        return last;
    }

    long rows() {
        return rows;
    }

    long startedAt() {
        return startedAt;
    }

    int openFiles() {
        return sealed ? 0 : files.size();
    }

    /** Estimated bytes of its files. */
    long bytes() {
        return files.values().stream().mapToLong(RowFile::bytes).sum();
    }

    /** Estimated bytes of it in memory. */
    long buffered() {
        return sealed ? 0 : files.values().stream().mapToLong(RowFile::buffered).sum();
    }

    private void throwIfLost() {
        files.values().forEach(file -> throwIfLost(file.path()));
    }

    private static void throwIfLost(Path file) {
        if (Files.notExists(file)) {
            throw new CutLostException(file);
        }
    }

    private static CutLostException lost(NoSuchFileException gone) {
        return new CutLostException(Path.of(gone.getFile()));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new ConnectException("The temporary file '" + file + "' cannot be removed: " + e, e);
        }
    }

    private ConnectException diskFailure(IOException e) {
        return new ConnectException(
                "Topic-partition '" + partition + "': a temporary file cannot be written: " + e
                        + ". Make room or set 's3.temp.dir' to another folder.",
                e);
    }
}
