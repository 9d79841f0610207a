package io.millrace.broker;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the environment must give before an engine is started, so that nothing is half started. */
final class Preflight {
    /** The engine's first files and some room to breathe; below it the first flush would fail. */
    private static final long MIN_FREE_BYTES = 64L << 20;

    private Preflight() {}

    static void check(BrokerConfig config) {
        Problems problems = new Problems();
        if (!checkFolder(config.folder(), "--data-dir", "--data-dir, --broker-port", problems)) {
            // the run that owns the folder probably listens there too: one fault, told once
            checkPort(config, problems);
        }
        problems.throwIfErrors(ExitCode.ENVIRONMENT);
    }

    /** The same for a broker whose folder and ports are properties; ports are bound before anything else is done. */
    static void checkFolder(Path folder) {
        Problems problems = new Problems();
        checkFolder(folder, "log.dirs", "log.dirs, listeners", problems);
        problems.throwIfErrors(ExitCode.ENVIRONMENT);
    }

    private static void checkPort(BrokerConfig config, Problems problems) {
        if (config.port() == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(config.host(), config.port()));
        } catch (IOException e) {
            problems.error(
                    "broker.port-in-use",
                    config.host() + ":" + config.port(),
                    "The broker cannot listen on port '" + config.port() + "': " + reason(e) + ".",
                    "Stop what uses the port, or choose another one (--broker-port; 0 takes any free port).");
        }
    }

    /** Whether the folder is in use. */
    private static boolean checkFolder(Path folder, String option, String options, Problems problems) {
        try {
            Files.createDirectories(folder);
            Path probe = Files.createTempFile(folder, ".probe", null);
            Files.delete(probe);
        } catch (IOException e) {
            problems.error(
                    "broker.folder-unwritable",
                    folder.toString(),
                    "The broker cannot write to its data folder '" + folder + "': " + reason(e) + ".",
                    "Give this user write access to it, or choose another folder (" + option + ").");
            return false;
        }
        checkFree(folder, option, problems);
        return checkLock(folder, option, options, problems);
    }

    private static void checkFree(Path folder, String option, Problems problems) {
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < MIN_FREE_BYTES) {
                problems.add(diskFull(folder, option, free));
            }
        } catch (IOException e) {
            throw new ProblemException(ExitCode.ENVIRONMENT, diskUnreadable(folder, option, e), e);
        }
    }

    private static Problem diskFull(Path folder, String option, long free) {
        return Problem.error(
                "broker.disk-full",
                folder.toString(),
                "The disk of the broker's data folder has " + (free >> 20) + " MiB free; it needs "
                        + (MIN_FREE_BYTES >> 20) + " MiB to start.",
                "Free some space, or choose a folder on another disk (" + option + ").");
    }

    private static Problem diskUnreadable(Path folder, String option, IOException e) {
        return Problem.error(
                "broker.folder-unwritable",
                folder.toString(),
                "The free space of '" + folder + "' cannot be read: " + reason(e) + ".",
                "Choose another folder (" + option + ").");
    }

    /** The engine locks {@code .lock} of its folder for as long as it runs. */
    private static boolean checkLock(Path folder, String option, String options, Problems problems) {
        Path lockFile = folder.resolve(".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                return false;
            }
        } catch (OverlappingFileLockException e) {
            // another broker of this JVM: in use
        } catch (IOException e) {
            problems.error(
                    "broker.folder-unwritable",
                    folder.toString(),
                    "The broker cannot lock its data folder '" + folder + "': " + reason(e) + ".",
                    "Give this user write access to it, or choose another folder (" + option + ").");
            return false;
        }
        problems.add(inUse(folder, options));
        return true;
    }

    private static Problem inUse(Path folder, String options) {
        return Problem.error(
                "broker.folder-in-use",
                folder.toString(),
                "The data folder '" + folder + "' is in use by another broker.",
                "Stop the other run, or choose another folder and port (" + options + ").");
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "it is a file";
        }
        return e instanceof FileSystemException f && f.getReason() != null
                ? f.getReason()
                : String.valueOf(e.getMessage());
    }
}
