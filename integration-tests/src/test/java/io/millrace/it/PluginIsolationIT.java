package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.harness.Distribution;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Plugins live in their folders, not on the class path of the worker. */
class PluginIsolationIT {

    @Test
    void theWorkersClassPathHoldsNoDebeziumNoAwsAndNoParquet() throws IOException {
        for (Path jar : jars(Distribution.home().resolve("lib"))) {
            try (JarFile file = new JarFile(jar.toFile())) {
                assertThat(file.stream().map(entry -> entry.getName()))
                        .as(jar.getFileName().toString())
                        .noneMatch(name -> name.startsWith("io/debezium/")
                                || name.startsWith("org/postgresql/")
                                || name.startsWith("software/amazon/")
                                || name.startsWith("org/apache/parquet/")
                                || name.startsWith("io/millrace/connectors/"));
            }
        }
    }

    @Test
    void pluginFoldersHoldNothingThatTheWorkerProvides() throws IOException {
        for (Path plugin : plugins()) {
            assertThat(jars(plugin))
                    .as(plugin.toString())
                    .extracting(jar -> jar.getFileName().toString())
                    .isNotEmpty()
                    .noneMatch(name -> name.startsWith("kafka-clients")
                            || name.startsWith("connect-")
                            || name.startsWith("slf4j-api")
                            || name.startsWith("millrace-api"));
        }
    }

    /** Kafka Connect gives its own SLF4J to plugins, which is 1.7: decision 0013. */
    @Test
    void pluginFoldersHoldNothingThatNeedsSlf4j2() throws IOException {
        for (Path plugin : plugins()) {
            for (Path jar : jars(plugin)) {
                try (JarFile file = new JarFile(jar.toFile())) {
                    assertThat(file.stream().filter(entry -> entry.getName().endsWith(".class")))
                            .as(jar.toString())
                            .noneMatch(entry -> names(file, entry, "org/slf4j/spi/LoggingEventBuilder"));
                }
            }
        }
    }

    /** Whether the constants of a class have the text. */
    private static boolean names(JarFile file, JarEntry entry, String text) {
        try (InputStream in = file.getInputStream(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> plugins() throws IOException {
        try (Stream<Path> folders = Files.list(Distribution.home().resolve("plugins"))) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }

    @Test
    void debeziumIsTheUnmodifiedArtifact() throws IOException {
        assertThat(jars(Distribution.home().resolve("plugins/cdc")))
                .extracting(jar -> jar.getFileName().toString())
                .anyMatch(name -> name.matches("debezium-connector-postgres-\\d+\\.\\d+\\.\\d+\\.Final\\.jar"));
    }

    private static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }
}
