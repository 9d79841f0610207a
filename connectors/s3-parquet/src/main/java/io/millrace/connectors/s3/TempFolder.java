package io.millrace.connectors.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task's own folder for files that are being written. Its name tells the process that it belongs to, so that the folders of processes
 * that were killed are removed by whoever opens one next to them.
 */
final class TempFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TempFolder.class);
    private static final Pattern NAME = Pattern.compile("([0-9]+)-([0-9]+)-[0-9a-f-]{36}");

    private final Path folder;
    private long files;

    private TempFolder(Path folder) {
        this.folder = folder;
    }

    /** Creates a folder in the parent, and the parent where it is missing. */
    static TempFolder create(Path parent) {
        try {
            Files.createDirectories(parent);
            removeOrphans(parent);
            ProcessHandle self = ProcessHandle.current();
            Path folder = parent.resolve(self.pid() + "-" + started(self) + "-" + UUID.randomUUID());
            return new TempFolder(Files.createDirectory(folder));
        } catch (IOException e) {
            throw new ConnectException(
                    "The folder for temporary files '" + parent + "' cannot be used: " + e
                            + ". Make it writable or set 's3.temp.dir' to another.",
                    e);
        }
    }

    /** The path of a new file, not created yet. */
    Path newFile() {
        files++;
        return folder.resolve(files + ".parquet");
    }

    /** Removes the folder and what is in it. */
    @Override
    public void close() {
        try {
            remove(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeOrphans(Path parent) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent)) {
            for (Path folder : folders) {
                Matcher name = NAME.matcher(folder.getFileName().toString());
                if (name.matches() && !runs(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)))) {
                    removeOrphan(folder);
                }
            }
        }
    }

    /** As far as it can be: another task may be removing it too, or it belongs to another user. */
    private static void removeOrphan(Path folder) {
        try {
            remove(folder);
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("a folder of a dead process stays (folder={})", folder, e);
        }
    }

    /** Whether the process still runs; its start tells it from a later one with the same number. */
    private static boolean runs(long pid, long start) {
        return ProcessHandle.of(pid)
                .map(process -> start == 0 || started(process) == start)
                .orElse(false);
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static void remove(Path folder) throws IOException {
        List<Path> inside;
        try (Stream<Path> paths = Files.walk(folder)) {
            inside = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : inside) {
            Files.deleteIfExists(path);
        }
    }
}
