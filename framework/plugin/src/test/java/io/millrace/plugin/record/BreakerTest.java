package io.millrace.plugin.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private final Hand clock = new Hand();
    private final Breaker breaker = new Breaker("sink:lake", 5, Duration.ofMinutes(5), clock);

    private static final class Hand extends Clock {
        private Instant now = Instant.parse("2026-01-31T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private void died(int count, String kind) {
        for (int i = 0; i < count; i++) {
            breaker.died(kind);
        }
    }

    @Test
    void opensWhenMoreThanTheShareDiedAndSaysWhatToDo() {
        breaker.passed(95);
        died(2, "abc");
        died(3, "def");
        assertThat(breaker.isOpen()).isFalse();

        breaker.died("def");

        assertThatThrownBy(breaker::throwIfOpen)
                .isInstanceOf(BreakerOpenException.class)
                .hasMessage("[stage.stop-if] Stage 'sink:lake' stops: 6 of its last 101 records within 5m are dead"
                        + " letters, that is 5.9%, and 'stop_if' allows 5%. 4 of them are of group 'def'. What was not"
                        + " committed is read again by the next run. Look at 'millrace deadletter groups', mend the"
                        + " cause, or raise 'stop_if', then run again.");
    }

    @Test
    void judgesNothingBeforeAHundredRecords() {
        died(99, "abc");
        assertThat(breaker.isOpen()).isFalse();
        breaker.died("abc");
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void forgetsWhatIsOlderThanTheWindow() {
        breaker.passed(50);
        died(49, "abc");
        clock.now = clock.now.plus(Duration.ofMinutes(5));
        breaker.passed(99);
        died(5, "abc");
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void staysOpen() {
        died(100, "abc");
        clock.now = clock.now.plus(Duration.ofHours(1));
        breaker.passed(1000);
        assertThat(breaker.isOpen()).isTrue();
    }
}
