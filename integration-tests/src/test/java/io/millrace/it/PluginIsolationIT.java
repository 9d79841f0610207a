package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.harness.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        for (String plugin : List.of("cdc", "s3-parquet")) {
            assertThat(jars(Distribution.home().resolve("plugins").resolve(plugin)))
                    .as(plugin)
                    .extracting(jar -> jar.getFileName().toString())
                    .isNotEmpty()
                    .noneMatch(name -> name.startsWith("kafka-clients")
                            || name.startsWith("connect-")
                            || name.startsWith("slf4j-api")
                            || name.startsWith("millrace-api"));
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
