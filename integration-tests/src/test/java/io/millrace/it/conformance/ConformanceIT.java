package io.millrace.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.harness.Distribution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probe plugins on our worker and on Apache Kafka's Connect: the same is done to them. */
@Order(3)
class ConformanceIT {
    @TempDir
    static Path folder;

    private static List<Scenario> scenarios;
    private static Plays plays;
    private static Comparison comparison;

    @BeforeAll
    static void playAll() throws Exception {
        scenarios = new ArrayList<>(ConnectorScenarios.all());
        scenarios.addAll(StateScenarios.all());
        scenarios.addAll(SourceScenarios.all());
        scenarios.addAll(SourceRecordScenarios.all());
        scenarios.addAll(SinkScenarios.all());
        scenarios.addAll(SinkOffsetScenarios.all());
        scenarios.addAll(ErrorScenarios.all());
        scenarios.addAll(LoadingScenarios.all());
        scenarios.addAll(ConfigurationScenarios.all());
        Path reports = Files.createDirectories(Distribution.project().resolve("integration-tests/target/conformance"));
        plays = new Plays(folder, reports);
        plays.all(scenarios);
        comparison = new Comparison(plays.findings(), Differences.all());
        new Report(comparison, plays).writeTo(reports);
    }

    @Test
    void everyScenarioCanBePlayed() {
        assertThat(plays.failures()).isEmpty();
    }

    @Test
    void connectDoesWhatTheContractSays() {
        assertThat(comparison.againstTheContract()).isEmpty();
    }

    @Test
    void oursDoesWhatConnectDoesButForWhatIsListed() {
        assertThat(comparison.unlisted()).isEmpty();
    }

    @Test
    void whatIsListedOccurs() {
        assertThat(comparison.stale()).isEmpty();
    }

    @Test
    void nothingIsFoundOnConnectOnlyButWhatIsNotYetOnOurs() {
        assertThat(comparison.missing())
                .extracting(name -> name.split(" / ")[0])
                .containsOnly(scenarios.stream()
                        .filter(scenario -> !scenario.on().contains(Kind.OURS))
                        .map(Scenario::name)
                        .toArray(String[]::new));
    }

    @Test
    void everyItemIsShown() {
        assertThat(Report.untold(comparison)).isEmpty();
    }
}
