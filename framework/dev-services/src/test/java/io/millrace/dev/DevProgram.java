package io.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the program as the distribution does: a process of its own, on its own class path, with a home folder beside it. */
final class DevProgram {
    private final Path target =
            Path.of(System.getProperty("basedir", "."), "target").toAbsolutePath();
    private final Path work;
    private final Path home;

    DevProgram(Path work) throws IOException {
        this.work = work;
        this.home = work.resolve("home");
        for (String server : List.of("s3", "search")) {
            Path jars = Files.createDirectories(home.resolve(server));
            Path built = target.resolveSibling(server).resolve("target");
            for (Path folder : List.of(built, built.resolve("lib"))) {
                copyJars(folder, jars);
            }
        }
    }

    private static void copyJars(Path from, Path into) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path jar :
                    files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                Files.copy(jar, into.resolve(jar.getFileName()));
            }
        }
    }

    record Ended(int status, String out, String err) {
        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(out);
        }
    }

    Path home() {
        return home;
    }

    Process start(Path out, Path err, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // as Millrace starts it
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                target.resolve("classes") + File.pathSeparator + target.resolve("lib") + File.separator + "*",
                "io.millrace.dev.DevServices"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
    }

    Ended run(String... arguments) throws Exception {
        Path out = Files.createTempFile(work, "out", ".txt");
        Path err = Files.createTempFile(work, "err", ".txt");
        Process process = start(out, err, arguments);
        process.getOutputStream().close();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
