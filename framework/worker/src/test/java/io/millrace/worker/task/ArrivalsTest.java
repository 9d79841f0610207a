package io.millrace.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.worker.fault.Arrival;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private final Arrivals arrivals = new Arrivals();

    @Test
    void recordsOfOneMillisecondAreNumberedThroughSeveralPolls() {
        arrivals.polled(1_000);
        assertThat(arrivals.next()).isEqualTo(new Arrival(1_000, 0));
        arrivals.polled(1_000);
        assertThat(arrivals.next()).isEqualTo(new Arrival(1_000, 1));
        arrivals.polled(1_001);
        assertThat(arrivals.next()).isEqualTo(new Arrival(1_001, 0));
    }

    @Test
    void recordsAfterADeathAreMarkedUntilTheMillisecondIsOver() {
        arrivals.polled(1_000);
        arrivals.next();
        assertThat(arrivals.isMarked()).isFalse();
        arrivals.died();
        assertThat(arrivals.isMarked()).isTrue();
        arrivals.polled(1_000);
        assertThat(arrivals.isMarked()).isTrue();
        arrivals.polled(1_001);
        assertThat(arrivals.isMarked()).isFalse();
    }

    @Test
    void aClockThatIsSetBackALittleMakesNoRecordOlder() {
        arrivals.polled(100_000);
        arrivals.next();
        arrivals.polled(95_000);
        assertThat(arrivals.next()).isEqualTo(new Arrival(100_000, 1));
        arrivals.polled(50_000);
        assertThat(arrivals.next()).isEqualTo(new Arrival(50_000, 0));
    }

    @Test
    void anUnmarkedRecordIsBeforeTheDeadOnesOfItsMillisecond() {
        Arrival dead = new Arrival(5, 3);
        assertThat(new Arrival(5, Arrival.BEFORE_DEATHS)).isLessThan(dead);
        assertThat(new Arrival(5, 4)).isGreaterThan(dead);
        assertThat(new Arrival(6, Arrival.BEFORE_DEATHS)).isGreaterThan(dead);
        assertThat(dead.withUnknownOrdinal()).isLessThan(new Arrival(5, Arrival.BEFORE_DEATHS));
    }
}
