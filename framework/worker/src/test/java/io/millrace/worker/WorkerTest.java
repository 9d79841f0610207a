package io.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.discovery.Plugins;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerTest {
    @Test
    void saysWhichBrokerHasNoAddress() {
        WorkerConfig config = WorkerConfig.at("broker.invalid:9092").build();
        try (Plugins plugins = Plugins.scan(List.of())) {
            assertThatThrownBy(() -> Worker.start(config, plugins))
                    .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.exitCode())
                            .isEqualTo(ExitCode.ENVIRONMENT))
                    .hasMessage(
                            "broker.invalid:9092 [worker.broker-unreachable] The broker at 'broker.invalid:9092' cannot"
                                    + " be used: No resolvable bootstrap urls given in bootstrap.servers. Check that it runs"
                                    + " and that its address is right.");
        }
    }

    @Test
    void saysWhichBrokerDoesNotAnswer() {
        WorkerConfig config = WorkerConfig.at("127.0.0.1:1")
                .clientConfig(Map.of("default.api.timeout.ms", "500", "request.timeout.ms", "500"))
                .build();
        try (Plugins plugins = Plugins.scan(List.of())) {
            assertThatThrownBy(() -> Worker.start(config, plugins))
                    .isInstanceOfSatisfying(ProblemException.class, e -> assertThat(e.exitCode())
                            .isEqualTo(ExitCode.ENVIRONMENT))
                    .hasMessage("127.0.0.1:1 [worker.broker-unreachable] The broker at '127.0.0.1:1' does not answer."
                            + " Check that it runs and that its address is right.");
        }
    }
}
