package io.millrace.dev.s3;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.dev.process.Deadline;
import io.millrace.dev.process.DetachedJava;
import io.millrace.dev.process.DevFolder;
import io.millrace.dev.process.OwnedProcess;
import io.millrace.dev.process.Ports;
import io.millrace.dev.process.Progress;
import io.millrace.dev.process.Secrets;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * S3Proxy over a folder. It runs detached: it outlives this process, and {@link #up} in another process finds it again. Used by one
 * thread; {@link DevFolder#lock} keeps other processes off.
 */
public final class S3Server {
    private static final long NEEDED_BYTES = 100L * 1024 * 1024;
    private static final int FIRST_PORT = 19_000;
    private static final int PORT_TRIES = 5;
    private static final String REGION = "us-east-1";
    private static final Duration START = Duration.ofSeconds(40);
    private static final Duration STOP = Duration.ofSeconds(4);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What is written down about the server; {@code pid} is 0 before it has one. */
    record State(String version, int port, String accessKeyId, String secretAccessKey, long pid) {
        State at(int newPort, String newVersion, long newPid) {
            return new State(newVersion, newPort, accessKeyId, secretAccessKey, newPid);
        }
    }

    private final Path requestedFolder;
    private final Path jars;
    private final Progress progress;
    private final Clock clock;

    /**
     * @param folder where its files live
     * @param jars the folder of its class path
     */
    public S3Server(Path folder, Path jars, Progress progress, Clock clock) {
        this.requestedFolder = folder;
        this.jars = jars.toAbsolutePath().normalize();
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Attaches to the server if it runs, answers, and is of this version; otherwise replaces or starts it. Its objects and, if free, its
     * port stay.
     *
     * @param buckets to make where they are missing
     * @throws ProblemException ENVIRONMENT: {@code dev.folder-*}, {@code dev.s3-*}
     */
    public S3Access up(List<String> buckets) {
        Path folder = DevFolder.prepare(requestedFolder, NEEDED_BYTES);
        Path objects = DevFolder.prepare(folder.resolve("objects"), NEEDED_BYTES);
        String version = version(folder);
        try {
            State recorded = read(folder);
            Optional<OwnedProcess> running = find(folder, recorded);
            if (running.isPresent()) {
                if (recorded.version().equals(version) && requests(recorded).answers()) {
                    progress.step("S3 is running on port " + recorded.port());
                    return ready(recorded, objects, buckets, true);
                }
                progress.step("replacing an S3 server that does not answer or is of another version");
                stop(running.get());
            }
            return ready(start(folder, objects, recorded, version), objects, buckets, false);
        } catch (IOException e) {
            throw DevFolder.failed(folder, e);
        }
    }

    /** Stops it if it runs; does nothing else. Bounded by about 8 s. */
    public void down() {
        Path folder = requestedFolder.toAbsolutePath().normalize();
        try {
            Optional<OwnedProcess> running = find(folder, read(folder));
            if (running.isPresent()) {
                stop(running.get());
                progress.step("S3 stopped");
            }
        } catch (IOException e) {
            throw DevFolder.failed(folder, e);
        }
    }

    private S3Access ready(State state, Path objects, List<String> buckets, boolean attached) throws IOException {
        S3Requests requests = requests(state);
        for (String bucket : buckets) {
            requests.createBucket(bucket);
        }
        return new S3Access(
                state.port(),
                state.accessKeyId(),
                state.secretAccessKey(),
                REGION,
                objects,
                buckets,
                state.pid(),
                attached);
    }

    private State start(Path folder, Path objects, State recorded, String version) throws IOException {
        int port = recorded.port();
        for (int attempt = 0; attempt < PORT_TRIES; attempt++) {
            port = Ports.freeFrom(port);
            State state = recorded.at(port, version, 0);
            DevFolder.writePrivate(properties(folder), properties(state, objects));
            Process process = launch(folder);
            state = state.at(port, version, process.pid());
            DevFolder.writePrivate(folder.resolve("server.json"), JSON.writeValueAsString(state));
            if (awaitAnswer(process, state)) {
                progress.step("S3 started on port " + port);
                return state;
            }
            if (process.isAlive()) {
                process.destroyForcibly();
                throw failed(folder, "does not answer on port " + port);
            }
            if (Ports.isFree(port)) {
                throw failed(folder, "ended with status " + process.exitValue() + " at its start");
            }
            port++;
        }
        throw failed(folder, "found no free port near " + recorded.port());
    }

    private boolean awaitAnswer(Process process, State state) {
        S3Requests requests = requests(state);
        Deadline deadline = Deadline.in(START);
        while (process.isAlive() && !deadline.passed()) {
            if (!Ports.isFree(state.port()) && requests.answers()) {
                return process.isAlive();
            }
            deadline.pause();
        }
        return false;
    }

    private Process launch(Path folder) throws IOException {
        return DetachedJava.start(
                folder,
                folder.resolve("s3proxy.log"),
                jars,
                List.of("-Xmx256m"),
                List.of(
                        "io.millrace.dev.s3process.S3Process",
                        "--properties",
                        properties(folder).toString()));
    }

    private static String properties(State state, Path objects) {
        return String.join(
                "\n",
                "s3proxy.endpoint=http://127.0.0.1:" + state.port(),
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.identity=" + state.accessKeyId(),
                "s3proxy.credential=" + state.secretAccessKey(),
                "jclouds.provider=filesystem-nio2",
                "jclouds.filesystem.basedir=" + objects.toString().replace("\\", "\\\\"),
                "");
    }

    private static Path properties(Path folder) {
        return folder.resolve("s3proxy.properties");
    }

    private static Optional<OwnedProcess> find(Path folder, State state) {
        return state.pid() == 0
                ? Optional.empty()
                : OwnedProcess.find(state.pid(), properties(folder).toString(), DetachedJava.PROGRAM);
    }

    private void stop(OwnedProcess server) throws IOException {
        if (!server.terminate(STOP) && !server.kill(STOP)) {
            throw new IOException("process " + server.pid() + " does not end");
        }
    }

    private S3Requests requests(State state) {
        return new S3Requests("http://127.0.0.1:" + state.port(), state.accessKeyId(), state.secretAccessKey(), clock);
    }

    private static State read(Path folder) throws IOException {
        Path file = folder.resolve("server.json");
        if (Files.exists(file)) {
            @Nullable State state = JSON.readValue(file.toFile(), State.class);
            if (state != null) {
                return state;
            }
        }
        return new State("", FIRST_PORT, "MILLRACE" + Secrets.create(12), Secrets.create(40), 0);
    }

    /** The S3Proxy jar's name tells its version. */
    private String version(Path folder) {
        try (Stream<Path> files = Files.isDirectory(jars) ? Files.list(jars) : Stream.empty()) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("s3proxy-") && name.endsWith(".jar"))
                    .findFirst()
                    .orElseThrow(() -> new ProblemException(
                            ExitCode.OURS,
                            Problem.error(
                                    "dev.s3-missing",
                                    "",
                                    "the folder '" + jars + "' holds no S3Proxy.",
                                    "Build the distribution again.")));
        } catch (IOException e) {
            throw DevFolder.failed(folder, e);
        }
    }

    private static ProblemException failed(Path folder, String what) {
        return new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "dev.s3-failed",
                        "",
                        "the S3 server in '" + folder + "' " + what + ".",
                        "See '" + folder.resolve("s3proxy.log") + "'."));
    }
}
