package io.millrace.app.topic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What a run tells other commands, in {@code run.json} of its data folder; there while it runs.
 *
 * @param broker {@code host:port}
 * @param pipeline its name
 * @param pid of the process
 */
public record RunFile(String broker, String pipeline, long pid) {
    private static final String NAME = "run.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Writes the file of this process. The answer removes it.
     *
     * @throws ProblemException ENVIRONMENT, {@code run.folder-unwritable}
     */
    public static AutoCloseable write(Path dataDir, String broker, String pipeline) {
        long pid = ProcessHandle.current().pid();
        Path file = dataDir.resolve(NAME);
        try {
            Files.createDirectories(dataDir);
            Path half = dataDir.resolve(NAME + ".new");
            Files.writeString(
                    half,
                    JSON.createObjectNode()
                                    .put("broker", broker)
                                    .put("pipeline", pipeline)
                                    .put("pid", pid)
                                    .toPrettyString()
                            + "\n");
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "run.folder-unwritable",
                            "",
                            "'" + file + "' cannot be written: " + e + ".",
                            "Give this user write access to the data folder, or choose another (--data-dir)."),
                    e);
        }
        return () -> Files.deleteIfExists(file);
    }

    /** The run that uses the folder now; empty where there is none, also where one was killed and left its file. */
    public static Optional<RunFile> read(Path dataDir) {
        try {
            JsonNode json = JSON.readTree(Files.readString(dataDir.resolve(NAME)));
            RunFile file = new RunFile(
                    json.path("broker").asText(),
                    json.path("pipeline").asText(),
                    json.path("pid").asLong());
            boolean runs =
                    ProcessHandle.of(file.pid()).map(ProcessHandle::isAlive).orElse(false);
            return runs && !file.broker().isEmpty() ? Optional.of(file) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "cli.run-file",
                            "",
                            "'" + dataDir.resolve(NAME) + "' cannot be read: "
                                    + String.valueOf(e.getMessage())
                                            .lines()
                                            .findFirst()
                                            .orElse("") + ".",
                            "Name the broker with --broker."),
                    e);
        }
    }
}
