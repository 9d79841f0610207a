package io.millrace.dev.postgres;

import io.millrace.dev.process.Command;
import io.millrace.dev.process.Deadline;
import io.millrace.dev.process.DevFolder;
import io.millrace.dev.process.OwnedProcess;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One data folder and what PostgreSQL's own programs do to it: create, start, find, stop. Used by one thread. */
final class PostgresCluster {
    private static final Duration CREATE = Duration.ofSeconds(120);
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration FAST = Duration.ofSeconds(15);
    private static final Duration IMMEDIATE = Duration.ofSeconds(5);
    /** Above every system's largest pid. */
    private static final String NO_PROCESS = "2147483646";

    /** What became of an attempt to start. */
    enum Start {
        STARTED,
        PORT_TAKEN,
        /** Child processes of a killed server still hold its memory; they notice within a moment and end. */
        REMAINS_OF_KILLED
    }

    private final Path folder;
    private final Path data;
    private final Path log;
    private final PostgresBinaries binaries;
    private final PostgresUser user;

    PostgresCluster(Path folder, PostgresBinaries binaries, PostgresUser user) {
        this.folder = folder;
        this.data = folder.resolve("data");
        this.log = folder.resolve("postgres.log");
        this.binaries = binaries;
        this.user = user;
    }

    boolean exists() {
        return Files.exists(data.resolve("PG_VERSION"));
    }

    /** Creates an empty cluster whose superuser has this password; whole or not at all. */
    void create(String adminUser, String adminPassword) throws IOException {
        Path fresh = folder.resolve("data.new");
        if (Files.exists(fresh)) {
            PostgresBinaries.deleteTree(fresh);
        }
        Files.createDirectory(fresh);
        Path passwordFile = folder.resolve("admin-password.tmp");
        DevFolder.writePrivate(passwordFile, adminPassword);
        try {
            user.give(fresh);
            user.give(passwordFile);
            // The data is flushed by the server's first checkpoint; a power cut before that costs an empty database.
            Command.Result result = run(
                    CREATE,
                    List.of(
                            binaries.program("initdb"),
                            "-D",
                            fresh.toString(),
                            "-U",
                            adminUser,
                            "-A",
                            "scram-sha-256",
                            "--pwfile=" + passwordFile,
                            "-E",
                            "UTF8",
                            "--locale=C",
                            "--no-sync"));
            if (!result.succeeded()) {
                throw failed("could not be created", result.output());
            }
        } finally {
            Files.deleteIfExists(passwordFile);
        }
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Fails where the data was made by another major version. */
    void checkVersion() throws IOException {
        String major = Files.readString(data.resolve("PG_VERSION")).strip();
        if (!major.equals(binaries.majorVersion())) {
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "dev.postgres-version",
                            "",
                            "the data in '" + data + "' is of PostgreSQL " + major + ", dev services hold PostgreSQL "
                                    + binaries.majorVersion() + ".",
                            "Delete the folder '" + folder + "' to begin anew."));
        }
    }

    /** The living server of this data folder. */
    Optional<OwnedProcess> running() throws IOException {
        List<String> lines = pidFile();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        try {
            return OwnedProcess.find(Long.parseLong(lines.get(0).strip()), data.toString(), "postgres");
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private List<String> pidFile() throws IOException {
        Path file = data.resolve("postmaster.pid");
        return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
    }

    /** Writes the settings and starts a server that outlives this process; waits until it answers. */
    Start start(int port, Map<String, String> settings) throws IOException {
        writeSettings(port, settings);
        disownStalePid();
        long logStart = Files.exists(log) ? Files.size(log) : 0;
        if (logStart == 0) {
            Files.writeString(log, "");
            user.give(log);
        }
        Command.Result result = run(
                START.plusSeconds(10),
                List.of(
                        binaries.program("pg_ctl"),
                        "start",
                        "-w",
                        "-t",
                        Long.toString(START.toSeconds()),
                        "-D",
                        data.toString(),
                        "-l",
                        log.toString()));
        if (result.succeeded()) {
            return Start.STARTED;
        }
        String said = logFrom(logStart);
        if (said.contains("Address already in use") || said.contains("could not create any TCP/IP sockets")) {
            return Start.PORT_TAKEN;
        }
        if (said.contains("pre-existing shared memory block")) {
            return Start.REMAINS_OF_KILLED;
        }
        throw failed("did not start", said.isBlank() ? result.output() : said);
    }

    private void writeSettings(int port, Map<String, String> settings) throws IOException {
        if (DevFolder.isPosix(data)) {
            // The server refuses a folder that others may read, which a chmod -R of the whole project easily makes it.
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        }
        Map<String, String> all = new TreeMap<>(settings);
        all.put("port", Integer.toString(port));
        StringBuilder text = new StringBuilder("# Written by Millrace dev services at each start.\n");
        all.forEach((name, value) -> text.append(name)
                .append(" = '")
                .append(value.replace("'", "''"))
                .append("'\n"));
        Path file = data.resolve("postgresql.conf");
        Files.writeString(file, text);
        user.give(file);
    }

    /**
     * A pid file whose pid now belongs to somebody else's process would keep the server from starting. Only the pid is made void: the
     * rest lets the server see for itself whether children of the killed one still use the data.
     */
    private void disownStalePid() throws IOException {
        List<String> lines = new ArrayList<>(pidFile());
        if (lines.isEmpty() || running().isPresent()) {
            return;
        }
        lines.set(0, NO_PROCESS);
        Files.write(data.resolve("postmaster.pid"), lines);
    }

    /** Stops it, first asking, at last by force; bounded by about half a minute. */
    void stop(OwnedProcess server) throws IOException {
        if (stopWith("fast", FAST, server) || stopWith("immediate", IMMEDIATE, server)) {
            return;
        }
        if (!server.kill(IMMEDIATE)) {
            throw failed("did not stop", "process " + server.pid() + " is still there");
        }
    }

    private boolean stopWith(String mode, Duration wait, OwnedProcess server) throws IOException {
        run(
                wait.plusSeconds(5),
                List.of(
                        binaries.program("pg_ctl"),
                        "stop",
                        "-w",
                        "-t",
                        Long.toString(wait.toSeconds()),
                        "-m",
                        mode,
                        "-D",
                        data.toString()));
        return !server.isAlive();
    }

    private Command.Result run(Duration timeout, List<String> command) throws IOException {
        return Command.run(user.wrap(command), folder, timeout);
    }

    private String logFrom(long start) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(start);
            byte[] bytes = new byte[(int) Math.min(64 * 1024, Math.max(0, file.length() - start))];
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private ProblemException failed(String what, String output) {
        if (output.contains("No space left on device")) {
            return DevFolder.failed(folder, new IOException("No space left on device"));
        }
        String reason = output.lines()
                .filter(line -> line.contains("FATAL") || line.contains("error"))
                .reduce((first, second) -> second)
                .or(() -> output.lines().filter(line -> !line.isBlank()).reduce((first, second) -> second))
                .orElse("it said nothing");
        return new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "dev.postgres-failed",
                        "",
                        "PostgreSQL in '" + folder + "' " + what + ": " + reason.strip(),
                        "See '" + log + "'."));
    }

    /** Waits while the server's start says that remains of a killed one are in the way. */
    Start startAfterRemains(int port, Map<String, String> settings) throws IOException {
        Deadline deadline = Deadline.in(Duration.ofSeconds(20));
        Start start = start(port, settings);
        while (start == Start.REMAINS_OF_KILLED && !deadline.passed()) {
            deadline.pause();
            start = start(port, settings);
        }
        return start;
    }
}
