package io.millrace.app.command;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The folder of everything that a run keeps. */
final class DataFolder {
    private static final int PROBE_BYTES = 4096;

    private DataFolder() {}

    /**
     * Makes the folder of the logs, and writes to it to see whether that can be done.
     *
     * @throws ProblemException ENVIRONMENT: {@code run.folder-full}, {@code run.folder-unwritable}
     */
    static Path logs(Path data) {
        Path logs = data.resolve("logs");
        try {
            Files.createDirectories(logs);
            Path probe = Files.createTempFile(logs, ".probe", null);
            try {
                Files.write(probe, new byte[PROBE_BYTES]);
            } finally {
                Files.delete(probe);
            }
            return logs;
        } catch (IOException e) {
            throw new ProblemException(ExitCode.ENVIRONMENT, problem(data, logs, e), e);
        }
    }

    private static Problem problem(Path data, Path logs, IOException e) {
        Path standing = logs;
        while (standing.getParent() != null && !Files.exists(standing)) {
            standing = standing.getParent();
        }
        if (Files.exists(standing) && !Files.isDirectory(standing)) {
            return Problem.error(
                    "run.folder-unwritable",
                    "",
                    "The data folder '" + data + "' cannot be made: '" + standing + "' is a file.",
                    "Choose another folder (--data-dir), or move the file away.");
        }
        String reason = reason(e);
        if (reason.contains("No space left on device") || reason.contains("quota exceeded")) {
            return Problem.error(
                    "run.folder-full",
                    "",
                    "The disk of the data folder '" + data + "' has no space left.",
                    "Free some space, or choose a folder on another disk (--data-dir).");
        }
        return Problem.error(
                "run.folder-unwritable",
                "",
                "The data folder '" + data + "' cannot be written: " + reason + ".",
                "Give this user write access to it, or choose another folder (--data-dir).");
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        @Nullable String told = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return told == null ? e.getClass().getSimpleName() : told;
    }
}
