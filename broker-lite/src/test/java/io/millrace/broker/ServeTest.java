package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeTest {
    private static final Duration STOP = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    private Map<String, String> here() {
        return Map.of(
                "listeners",
                "PLAINTEXT://127.0.0.1:0",
                "log.dirs",
                folder.resolve("data").toString());
    }

    @Test
    void theExampleConfigurationServesAndStopsSoonAndFindsItsTopicsAgain() throws Exception {
        Optional<Path> example = Optional.of(Path.of("..", "configs", "server.properties"));
        BrokerLite first = BrokerLite.serve(example, here());
        try (Admin admin = admin(first)) {
            admin.createTopics(List.of(new NewTopic("orders", 3, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
        }
        long before = System.nanoTime();
        first.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(STOP);

        try (BrokerLite second = BrokerLite.serve(example, here());
                Admin admin = admin(second)) {
            assertThat(admin.listTopics().names().get(10, TimeUnit.SECONDS)).containsExactly("orders");
        }
    }

    @Test
    void aFolderThatCannotBeUsedIsNamedByItsProperty() throws Exception {
        Path file = Files.createFile(folder.resolve("data"));
        assertThatThrownBy(() -> BrokerLite.serve(Optional.empty(), here()))
                .hasMessage(file + " [broker.folder-unwritable] The broker cannot write to its data folder '" + file
                        + "': it is a file. Give this user write access to it, or choose another folder (log.dirs).");
    }

    @Test
    void aListenerThatCannotBeSetUpIsTheUsersToCorrect() {
        Map<String, String> set = new java.util.HashMap<>(here());
        set.put("listeners", "SASL_PLAINTEXT://127.0.0.1:0");
        set.put("sasl.enabled.mechanisms", "PLAIN");
        assertThatThrownBy(() -> BrokerLite.serve(Optional.empty(), set))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.exitCode()).isEqualTo(ExitCode.YOURS);
                    assertThat(e).hasMessageStartingWith("listener SASL_PLAINTEXT [broker.listener] ");
                });
        assertThat(Thread.getAllStackTraces().keySet())
                .as("threads that a failed start leaves")
                .noneMatch(thread -> thread.getName().startsWith("broker-network-SASL"));
    }

    private static Admin admin(BrokerLite broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }
}
