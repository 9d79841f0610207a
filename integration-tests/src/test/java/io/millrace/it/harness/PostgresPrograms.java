package io.millrace.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * PostgreSQL's programs, which each folder of a server holds: unpacking them takes seconds of CPU time, so the tests of a JVM unpack them
 * once, and links to the same files stand in the other folders.
 */
public final class PostgresPrograms {
    private static final String PREFIX = "bin-";

    private static Optional<Path> shared = Optional.empty();

    private PostgresPrograms() {}

    /** Puts them into a server's folder before it starts for the first time; does nothing as long as no server has unpacked them. */
    public static synchronized void lend(Path folder) throws IOException {
        if (shared.isPresent() && programs(folder).isEmpty()) {
            Files.createDirectories(folder);
            link(shared.get(), folder.resolve(shared.get().getFileName()));
        }
    }

    /** Keeps those that a server has unpacked. */
    static synchronized void keep(Path folder) throws IOException {
        Optional<Path> programs = programs(folder);
        if (shared.isEmpty() && programs.isPresent()) {
            Path kept = Files.createTempDirectory("millrace-postgres");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(kept), "delete-programs"));
            Path copy = kept.resolve(programs.get().getFileName());
            link(programs.get(), copy);
            shared = Optional.of(copy);
        }
    }

    private static Optional<Path> programs(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> child.getFileName().toString().startsWith(PREFIX))
                    .findFirst();
        }
    }

    private static void link(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Path copy = to.resolve(from.relativize(path));
                if (Files.isSymbolicLink(path)) {
                    Files.createSymbolicLink(copy, Files.readSymbolicLink(path));
                } else if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.createLink(copy, path);
                }
            }
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new IllegalStateException("'" + folder + "' cannot be deleted", e);
        }
    }
}
