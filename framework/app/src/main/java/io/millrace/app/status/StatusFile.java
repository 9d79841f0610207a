package io.millrace.app.status;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code status.json} of a run's data folder. Owned by one thread. */
public final class StatusFile implements AutoCloseable {
    /** How often it is written. */
    public static final Duration EVERY = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(StatusFile.class);
    private static final String NAME = "status.json";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Path file;
    private final Path half;
    private boolean told;

    public StatusFile(Path dataDir) {
        this.file = dataDir.resolve(NAME);
        this.half = dataDir.resolve(NAME + ".new");
    }

    /** Replaces the report. That it cannot be written is no reason to end a run: it is logged, once until it can. */
    public void write(StatusReport report) {
        try {
            Files.write(half, JSON.writeValueAsBytes(report));
            Files.move(half, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            told = false;
        } catch (IOException e) {
            if (!told) {
                LOG.atWarn()
                        .addKeyValue("file", file)
                        .addKeyValue("error", e.toString())
                        .log("the status cannot be written");
            }
            told = true;
        }
    }

    /**
     * The report of the process that uses the folder; empty where it has not written one yet.
     *
     * @param pid of that process
     */
    public static Optional<StatusReport> read(Path dataDir, long pid) {
        try {
            StatusReport report = JSON.readValue(Files.readAllBytes(dataDir.resolve(NAME)), StatusReport.class);
            return report.pid() == pid ? Optional.of(report) : Optional.empty();
        } catch (IOException e) {
            // of another version, or not there
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
