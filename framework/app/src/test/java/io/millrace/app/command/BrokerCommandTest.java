package io.millrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BrokerCommandTest {
    /** Of the process; the JVM needs a part of it to go. */
    private static final Duration STOP = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    @Test
    void servesUntilItIsToldToStop() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "broker",
                        "--set",
                        "listeners=PLAINTEXT://127.0.0.1:0",
                        "--set",
                        "log.dirs=" + folder.resolve("data"))
                .redirectError(folder.resolve("log").toFile())
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            assertThat(line).as(log()).matches("Serving on 127\\.0\\.0\\.1:\\d+; Ctrl-C stops\\.");
            String bootstrap = line.replaceAll("Serving on (.*);.*", "$1");
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
                assertThat(admin.describeCluster().nodes().get(10, TimeUnit.SECONDS))
                        .hasSize(1);
            }

            long before = System.nanoTime();
            // not Process.destroy, which closes the streams too
            process.toHandle().destroy();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).as(log()).isLessThan(STOP);
            assertThat(out.readLine()).isEqualTo("Stopped.");
            assertThat(folder.resolve("data/.kafka_cleanshutdown")).exists();
        } finally {
            process.destroyForcibly();
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    @Test
    void tellsEverythingThatIsWrongAndEndsWithTheStatusOfBadInput() {
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setErr(new PrintWriter(err, true));
        int status = line.execute("broker", "--set", "num.partitions=many", "--set", "log.dirs=/a,/b");
        assertThat(status).isEqualTo(2);
        assertThat(err.toString())
                .contains("--set num.partitions [broker.bad-value] 'many' is no value for 'num.partitions'")
                .contains("--set log.dirs [broker.folders] [/a, /b] are 2 folders");
    }
}
