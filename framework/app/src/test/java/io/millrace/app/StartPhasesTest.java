package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StartPhasesTest {
    private final AtomicLong clock = new AtomicLong(TimeUnit.SECONDS.toNanos(1000));

    @Test
    void tellsAllPhasesOfSomeLengthInTheirOrderAndTheWhole() {
        StartPhases phases = new StartPhases(clock::get, clock.get());
        end(phases, "pipeline", 620);
        end(phases, "topics", 49);
        end(phases, "broker", 1940);

        assertThat(phases.text()).isEqualTo("Started in 2.6 s: pipeline 0.6 s, broker 1.9 s");
    }

    @Test
    void aQuickStartHasNoPhases() {
        StartPhases phases = new StartPhases(clock::get, clock.get());
        end(phases, "pipeline", 10);

        assertThat(phases.text()).isEqualTo("Started in 0.0 s");
    }

    @Test
    void theFirstPhaseIsJavas() {
        StartPhases phases = StartPhases.sinceStartOfJava();

        assertThat(phases.text()).matches("Started in ([0-9.]+ s): Java \\1");
    }

    private void end(StartPhases phases, String name, long millis) {
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
        phases.ended(name);
    }
}
