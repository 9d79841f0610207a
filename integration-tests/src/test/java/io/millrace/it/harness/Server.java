package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dev.postgres.PostgresAccess;
import io.millrace.dev.postgres.PostgresServer;
import io.millrace.dev.process.Progress;
import io.millrace.dev.s3.S3Access;
import io.millrace.dev.s3.S3Server;
import io.millrace.dev.search.SearchAccess;
import io.millrace.dev.search.SearchServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server process that a test takes away and brings back; its data stay. Used by one thread at a time.
 *
 * @param <T> how it is reached
 */
public final class Server<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(10);

    private final String name;
    private final Supplier<T> up;
    private final Runnable down;
    private final ToLongFunction<T> pid;
    private T access;

    private Server(String name, Supplier<T> up, Runnable down, ToLongFunction<T> pid) {
        this.name = name;
        this.up = up;
        this.down = down;
        this.pid = pid;
        this.access = up.get();
    }

    /** A PostgreSQL, running, which comes back at the same port. */
    public static Server<PostgresAccess> postgres(Path folder) throws IOException {
        // not the first port of all such servers: what another test starts meanwhile would take it
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("server.json"), "{\"port\":" + Ports.free() + "}");
        PostgresPrograms.lend(folder);
        PostgresServer postgres = PostgresServer.in(folder, progress(folder));
        Server<PostgresAccess> server =
                new Server<>(folder.getFileName().toString(), postgres::up, postgres::down, PostgresAccess::pid);
        PostgresPrograms.keep(folder);
        return server;
    }

    /** An S3 with a bucket, running; its port may be another when it comes back. */
    public static Server<S3Access> s3(Path folder, String bucket) {
        S3Server server =
                new S3Server(folder, Distribution.home().resolve("dev/s3"), progress(folder), Clock.systemUTC());
        return new Server<>("s3", () -> server.up(List.of(bucket)), server::down, S3Access::pid);
    }

    /** An OpenSearch, running; its port may be another when it comes back. */
    public static Server<SearchAccess> search(Path folder) {
        SearchServer server = new SearchServer(folder, Distribution.home().resolve("dev/search"), progress(folder));
        return new Server<>("search", server::up, server::down, SearchAccess::pid);
    }

    private static Progress progress(Path folder) {
        return line -> LOG.atInfo().addKeyValue("folder", folder.getFileName()).log(line);
    }

    public T access() {
        return access;
    }

    /** Stops it as an administrator does. */
    public void stop() {
        down.run();
    }

    /** SIGKILL, as a machine that fails. */
    public void kill() throws Exception {
        ProcessHandle process = ProcessHandle.of(pid.applyAsLong(access)).orElseThrow();
        process.destroyForcibly();
        Await.until(ENDS_WITHIN, () -> assertThat(process.isAlive())
                .as("%s lives on after its kill", name)
                .isFalse());
    }

    /** Brings it back. */
    public void start() {
        access = up.get();
    }

    @Override
    public void close() {
        down.run();
    }

    @Override
    public String toString() {
        return name;
    }
}
