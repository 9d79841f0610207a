package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.harness.Cli;
import io.millrace.it.harness.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pipelines that come along pass the tests that they bring along. */
class PipelineTestsIT {
    @TempDir
    static Path folder;

    @Test
    void everyTestOfEveryPipelinePasses() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("test"));
        pipelines().forEach(pipeline -> arguments.add(pipeline.toString()));

        Cli.Answer answer = Cli.in(folder).millrace(arguments.toArray(String[]::new));

        assertThat(answer.output()).endsWith("all passed.").doesNotContain("no tests");
        assertThat(answer.status()).isZero();
    }

    private static List<Path> pipelines() throws IOException {
        try (Stream<Path> folders = Files.list(Distribution.project().resolve("pipelines"))) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }
}
