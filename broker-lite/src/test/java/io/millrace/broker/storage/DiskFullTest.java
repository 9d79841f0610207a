package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a real full disk: a small one in memory, mounted in a user namespace of its own. */
class DiskFullTest {
    @TempDir
    Path folder;

    /** With a reserve no log is hurt; without one logs fail and are opened anew. */
    @ParameterizedTest
    @ValueSource(ints = {1_000_000, 0})
    void nothingAcknowledgedIsLostAndAppendsGoOnWhenThereIsSpaceAgain(int reserve) throws Exception {
        Assumptions.assumeTrue(
                run("mkdir try && mount -t tmpfs none try", List.of()).status() == 0,
                "user namespaces with mounts are off on this system");
        List<String> java = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                DiskFullProgram.class.getName(),
                "disk",
                String.valueOf(reserve)));
        Outcome outcome = run("mkdir disk && mount -t tmpfs -o size=16m none disk && exec \"$@\"", java);
        assertThat(outcome.output()).endsWith("all there\n");
        assertThat(outcome.output()).contains("diskFull=" + (reserve > 0));
        assertThat(outcome.status()).isZero();
    }

    private Outcome run(String script, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", script, "sh"));
        command.addAll(arguments);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            return new Outcome(-1, e.getMessage());
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Outcome(process.waitFor(), output);
    }

    private record Outcome(int status, String output) {}
}
