package io.millrace.dev.search;

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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An OpenSearch node over a folder. It runs detached: it outlives this process, and {@link #up} in another process finds it again. Used by
 * one thread; {@link DevFolder#lock} keeps other processes off.
 */
public final class SearchServer {
    private static final long NEEDED_BYTES = 200L * 1024 * 1024;
    private static final int FIRST_PORT = 19_200;
    private static final int PORT_TRIES = 5;
    private static final String JAR = "opensearch-2";
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration STOP = Duration.ofSeconds(6);
    /** For one request; that the server waits for its indices is part of it. */
    private static final Duration ANSWER = Duration.ofSeconds(8);

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What is written down about the server; {@code pid} is 0 before it has one.
     *
     * @param cluster the cluster's name, by which the server is told from another one on the same port
     */
    record State(String version, int port, String cluster, long pid) {
        State at(int newPort, String newVersion, long newPid) {
            return new State(newVersion, newPort, cluster, newPid);
        }
    }

    private final Path requestedFolder;
    private final Path jars;
    private final Progress progress;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();

    /**
     * @param folder where its files live
     * @param jars the folder of its class path
     */
    public SearchServer(Path folder, Path jars, Progress progress) {
        this.requestedFolder = folder;
        this.jars = jars.toAbsolutePath().normalize();
        this.progress = progress;
    }

    /**
     * Attaches to the server if it runs, answers, and is of this version; otherwise replaces or starts it. Its indices and, if free, its
     * port stay. On return the indices can be read and written.
     *
     * @throws ProblemException ENVIRONMENT: {@code dev.folder-*}, {@code dev.search-*}
     */
    public SearchAccess up() {
        Path folder = DevFolder.prepare(requestedFolder, NEEDED_BYTES);
        String version = version(folder);
        try {
            State recorded = read(folder);
            Optional<OwnedProcess> running = find(folder, recorded);
            if (running.isPresent()) {
                if (recorded.version().equals(version) && answers(recorded)) {
                    progress.step("OpenSearch is running on port " + recorded.port());
                    return new SearchAccess(recorded.port(), recorded.pid(), true);
                }
                progress.step("replacing an OpenSearch that does not answer or is of another version");
                stop(running.get());
            }
            State started = start(folder, recorded, version);
            return new SearchAccess(started.port(), started.pid(), false);
        } catch (IOException e) {
            throw DevFolder.failed(folder, e);
        }
    }

    /** Stops it if it runs; does nothing else. Bounded by about 12 s. */
    public void down() {
        Path folder = requestedFolder.toAbsolutePath().normalize();
        try {
            Optional<OwnedProcess> running = find(folder, read(folder));
            if (running.isPresent()) {
                stop(running.get());
                progress.step("OpenSearch stopped");
            }
        } catch (IOException e) {
            throw DevFolder.failed(folder, e);
        }
    }

    private State start(Path folder, State recorded, String version) throws IOException {
        int port = recorded.port();
        for (int attempt = 0; attempt < PORT_TRIES; attempt++) {
            port = Ports.freeFrom(port);
            State state = recorded.at(port, version, 0);
            DevFolder.writePrivate(settings(folder), settings(state, folder));
            Process process = DetachedJava.start(
                    folder,
                    log(folder),
                    jars,
                    List.of(
                            "-Xms128m",
                            "-Xmx384m",
                            "-XX:MaxDirectMemorySize=128m",
                            // a node without room is replaced, not left half alive
                            "-XX:+ExitOnOutOfMemoryError",
                            "-Dlog4j2.disable.jmx=true"),
                    List.of(
                            "io.millrace.dev.searchprocess.SearchProcess",
                            "--settings",
                            settings(folder).toString()));
            state = state.at(port, version, process.pid());
            DevFolder.writePrivate(folder.resolve("server.json"), JSON.writeValueAsString(state));
            if (awaitAnswer(process, state)) {
                progress.step("OpenSearch started on port " + port);
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
        Deadline deadline = Deadline.in(START);
        while (process.isAlive() && !deadline.passed()) {
            if (!Ports.isFree(state.port()) && answers(state)) {
                return process.isAlive();
            }
            deadline.pause();
        }
        return false;
    }

    /** Whether it is this server, and all of its indices can be written. */
    private boolean answers(State state) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + state.port()
                        + "/_cluster/health?wait_for_status=yellow&timeout=" + (ANSWER.toSeconds() - 2) + "s"))
                .timeout(ANSWER)
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200
                    && JSON.readTree(response.body())
                            .path("cluster_name")
                            .asText()
                            .equals(state.cluster());
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String settings(State state, Path folder) {
        return String.join(
                "\n",
                "cluster.name=" + state.cluster(),
                "node.name=millrace-dev",
                "path.home=" + escaped(folder.resolve("home")),
                "path.data=" + escaped(folder.resolve("data")),
                "network.host=127.0.0.1",
                "http.port=" + state.port(),
                // nobody joins; any free port, and not one that may be taken
                "transport.port=0",
                "discovery.type=single-node",
                "transport.type=netty4",
                "http.type=netty4",
                // a laptop's disk is often nearly full; DevFolder has looked
                "cluster.routing.allocation.disk.threshold_enabled=false",
                // with a small heap, rubbish not yet collected must not look like a heap that is full
                "indices.breaker.total.use_real_memory=false",
                "");
    }

    private static String escaped(Path path) {
        return path.toString().replace("\\", "\\\\");
    }

    private static Path settings(Path folder) {
        return folder.resolve("opensearch.properties");
    }

    private static Path log(Path folder) {
        return folder.resolve("opensearch.log");
    }

    private static Optional<OwnedProcess> find(Path folder, State state) {
        return state.pid() == 0
                ? Optional.empty()
                : OwnedProcess.find(state.pid(), settings(folder).toString(), DetachedJava.PROGRAM);
    }

    private static void stop(OwnedProcess server) throws IOException {
        if (!server.terminate(STOP) && !server.kill(STOP)) {
            throw new IOException("process " + server.pid() + " does not end");
        }
    }

    private static State read(Path folder) throws IOException {
        Path file = folder.resolve("server.json");
        if (Files.exists(file)) {
            @Nullable State state = JSON.readValue(file.toFile(), State.class);
            if (state != null) {
                return state;
            }
        }
        return new State("", FIRST_PORT, "millrace-dev-" + Secrets.create(8), 0);
    }

    /** The OpenSearch jar's name tells its version. */
    private String version(Path folder) {
        try (Stream<Path> files = Files.isDirectory(jars) ? Files.list(jars) : Stream.empty()) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(JAR) && name.endsWith(".jar"))
                    .findFirst()
                    .orElseThrow(() -> new ProblemException(
                            ExitCode.OURS,
                            Problem.error(
                                    "dev.search-missing",
                                    "",
                                    "the folder '" + jars + "' holds no OpenSearch.",
                                    "Build the distribution again.")));
        } catch (IOException e) {
            throw DevFolder.failed(folder, e);
        }
    }

    private static ProblemException failed(Path folder, String what) {
        return new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "dev.search-failed",
                        "",
                        "OpenSearch in '" + folder + "' " + what + ".",
                        "See '" + log(folder) + "'."));
    }
}
