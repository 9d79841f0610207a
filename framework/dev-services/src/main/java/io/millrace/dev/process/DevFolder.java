package io.millrace.dev.process;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes and checks the folders that servers of this program live in. */
public final class DevFolder {
    private static final long MEGABYTE = 1024 * 1024;
    private static final Duration LOCK_WAIT = Duration.ofSeconds(60);

    private DevFolder() {}

    /**
     * Makes the folder where it is missing and checks that it can hold what is coming.
     *
     * @param neededBytes what must be free on its disk
     * @return the folder, absolute
     * @throws ProblemException ENVIRONMENT: {@code dev.folder-unwritable}, {@code dev.folder-full}
     */
    public static Path prepare(Path folder, long neededBytes) {
        Path absolute = folder.toAbsolutePath().normalize();
        try {
            createPrivate(absolute);
            Path probe = Files.createTempFile(absolute, "probe-", ".tmp");
            Files.write(probe, new byte[4096]);
            Files.delete(probe);
            long free = Files.getFileStore(absolute).getUsableSpace();
            if (free < neededBytes) {
                throw full(absolute, free / MEGABYTE + " MB free, dev services need " + neededBytes / MEGABYTE + " MB");
            }
        } catch (IOException e) {
            throw failed(absolute, e);
        }
        return absolute;
    }

    /** The problem that an I/O failure within the folder means for a user. */
    public static ProblemException failed(Path folder, IOException cause) {
        String reason = reason(folder, cause);
        if (reason.contains("No space left on device") || reason.contains("Disk quota exceeded")) {
            return full(folder, "no space left");
        }
        return new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "dev.folder-unwritable",
                        "",
                        "the folder '" + folder + "' cannot be written: " + reason + ".",
                        "Give it to the user that runs this, or choose another folder."),
                cause);
    }

    private static ProblemException full(Path folder, String how) {
        return new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "dev.folder-full",
                        "",
                        "the disk of folder '" + folder + "' has " + how + ".",
                        "Free some space, or choose a folder on another disk."));
    }

    private static String reason(Path folder, IOException cause) {
        Path existing = folder;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing != null && !Files.isDirectory(existing)) {
            return "'" + existing + "' is a file";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        @Nullable String told = cause instanceof FileSystemException system ? system.getReason() : cause.getMessage();
        return told == null ? cause.getClass().getSimpleName() : told;
    }

    private static void createPrivate(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Files.createDirectories(folder);
        if (isPosix(folder)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        }
    }

    /** Writes a small text file so that a reader sees the old text or the new one; only the owner may read it. */
    public static void writePrivate(Path file, String text) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException("'" + file + "' has no folder");
        }
        Path fresh = Files.createTempFile(parent, "." + file.getFileName(), ".tmp");
        if (isPosix(fresh)) {
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
        }
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.write(StandardCharsets.UTF_8.encode(text));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whether the file's system knows owners and permissions as POSIX does. */
    public static boolean isPosix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /**
     * Keeps other runs of this program off the folder until closed; waits up to a minute for a run that holds it.
     *
     * @throws ProblemException ENVIRONMENT: {@code dev.folder-busy}
     */
    public static AutoCloseable lock(Path folder) {
        Deadline deadline = Deadline.in(LOCK_WAIT);
        try {
            FileChannel channel =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            while (!tryLock(channel)) {
                if (deadline.passed()) {
                    channel.close();
                    throw new ProblemException(
                            ExitCode.ENVIRONMENT,
                            Problem.error(
                                    "dev.folder-busy",
                                    "",
                                    "another start or stop of dev services holds the folder '" + folder + "' for "
                                            + LOCK_WAIT.toSeconds() + " s.",
                                    "Wait for it or end it, then try again."));
                }
                deadline.pause();
            }
            return channel;
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }
}
