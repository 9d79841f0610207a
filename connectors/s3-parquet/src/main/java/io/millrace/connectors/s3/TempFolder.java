package io.millrace.connectors.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task's own folder for files that are being written. It holds a file that its owner keeps locked as long as it lives; whoever opens a
 * folder removes those next to it whose lock is free. One thread; folders of any number of tasks and processes may share a parent.
 *
 * <p>What the lock is worth. The kernel gives it up when the process ends, however it ends, and it does not ask who the process is: it
 * holds between containers that share the parent and not their process numbers. On a network file system it holds between hosts where the
 * server keeps the locks (NFSv4; NFSv3 with lockd; most others that are mounted with locks). Where they are kept by each host for itself (NFS mounted
 * with {@code nolock} or {@code local_lock}), another host takes the folder of a living task for a dead one's; where there are none,
 * {@link #create} fails. A lock may be lost while the server is away. A folder that vanishes costs reading again, no records
 * ({@link PartitionWriter#readAgain}).
 *
 * <p>A folder without a lock file (its owner died before it had one, somebody removed it, or it was made by a version that had none) is
 * removed when it was not changed for a day and the process in its name does not run.
 */
final class TempFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TempFolder.class);
    /** Versions without locks named theirs without the word; they remove, by its process number, what is named so. */
    private static final Pattern NAME = Pattern.compile("(?:task-)?([0-9]+)-([0-9]+)-[0-9a-f-]{36}");

    private static final String LOCK = "lock";
    private static final Duration OLD = Duration.ofDays(1);

    private final Path parent;
    /** Folders that lost their lock file; what is in them is still used. */
    private final List<Path> unlocked = new ArrayList<>();

    private Path folder;
    private FileChannel lock;
    private long files;

    private TempFolder(Path parent, Path folder, FileChannel lock) {
        this.parent = parent;
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Creates a folder in the parent, and the parent where it is missing.
     *
     * @param clock tells how old the folders of others are
     */
    static TempFolder create(Path parent, Clock clock) {
        try {
            Files.createDirectories(parent);
            removeOrphans(parent, clock.instant());
            Path folder = newFolder(parent);
            return new TempFolder(parent, folder, lock(folder));
        } catch (IOException e) {
            throw new ConnectException(
                    "The folder for temporary files '" + parent + "' cannot be used: " + e
                            + ". Make it writable or set 's3.temp.dir' to another.",
                    e);
        }
    }

    /**
     * The path of a new file, not created yet. When the folder has vanished, or its lock file, it is in a new one: files that were in the
     * old one may be gone.
     */
    Path newFile() throws IOException {
        if (!Files.exists(folder.resolve(LOCK))) {
            replace();
        }
        files++;
        return folder.resolve(files + ".parquet");
    }

    private void replace() throws IOException {
        LOG.warn("the folder for temporary files has vanished, or its lock file (folder={})", folder);
        Files.createDirectories(parent);
        Path replacement = newFolder(parent);
        FileChannel its = lock(replacement);
        unlocked.add(folder);
        lock.close();
        folder = replacement;
        lock = its;
    }

    /** Removes the folder and what is in it. */
    @Override
    public void close() {
        try (FileChannel held = lock) {
            for (Path left : unlocked) {
                remove(left);
            }
            // Invariant: locked until it is gone.
            remove(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newFolder(Path parent) throws IOException {
        ProcessHandle self = ProcessHandle.current();
        return Files.createDirectory(
                parent.resolve("task-" + self.pid() + "-" + started(self) + "-" + UUID.randomUUID()));
    }

    /** The file is locked before it has its name, so that none who finds it by its name takes the lock first. */
    private static FileChannel lock(Path folder) throws IOException {
        Path unnamed = folder.resolve(LOCK + ".new");
        FileChannel channel = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new IOException("'" + unnamed + "' is locked by another process");
            }
            Files.move(unnamed, folder.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
            return channel;
        } catch (IOException e) {
            channel.close();
            remove(folder);
            throw e;
        }
    }

    private static void removeOrphans(Path parent, Instant now) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent)) {
            for (Path folder : folders) {
                Matcher name = NAME.matcher(folder.getFileName().toString());
                if (name.matches()) {
                    removeIfOrphan(folder, Long.parseLong(name.group(1)), Long.parseLong(name.group(2)), now);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** As far as it can be: another task may be removing it too, or it belongs to another user. */
    private static void removeIfOrphan(Path folder, long pid, long start, Instant now) {
        ProcessHandle self = ProcessHandle.current();
        if (pid == self.pid() && start == started(self)) {
            // Invariant: a JVM opens no lock file that it holds. Closing it again would give up the lock (POSIX). The
            // name
            // tells it also of tasks that another class loader has made.
            return;
        }
        try {
            if (Files.exists(folder.resolve(LOCK))) {
                removeIfFree(folder);
            } else if (isOld(folder, now) && !runs(pid, start)) {
                remove(folder);
            }
        } catch (IOException e) {
            LOG.debug("a folder for temporary files stays (folder={})", folder, e);
        }
    }

    private static void removeIfFree(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock taken = channel.tryLock()) {
            if (taken != null) {
                remove(folder);
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("another task of this process is removing the folder (folder={})", folder);
        }
    }

    private static boolean isOld(Path folder, Instant now) throws IOException {
        Instant changed = Files.getLastModifiedTime(folder).toInstant();
        for (Path file : inside(folder)) {
            Instant its = Files.getLastModifiedTime(file).toInstant();
            changed = its.isAfter(changed) ? its : changed;
        }
        return changed.plus(OLD).isBefore(now);
    }

    /** Whether the process runs, as far as is seen from here; its start tells it from a later one with the same number. */
    private static boolean runs(long pid, long start) {
        return ProcessHandle.of(pid)
                .map(process -> start == 0 || started(process) == start)
                .orElse(false);
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    /** The lock file goes last: when this ends half-way, whoever comes next goes on. */
    private static void remove(Path folder) throws IOException {
        for (Path file : inside(folder)) {
            if (!file.endsWith(LOCK)) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder.resolve(LOCK));
        Files.deleteIfExists(folder);
    }

    private static List<Path> inside(Path folder) throws IOException {
        List<Path> inside = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            files.forEach(inside::add);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return inside;
    }
}
