package io.millrace.worker.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    private static final class Hands extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1000", "2, 2000", "3, 4000", "6, 32000", "7, 60000", "56, 60000", "64, 60000", "2147483647, 60000"})
    void waitsBetweenHalfAndAllOfADoublingDelay(int attempt, long full) {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            assertThat(BACKOFF.delay(attempt, random).toMillis()).isBetween(full / 2, full);
        }
    }

    @Test
    void startsOverAfterAHealthyRun() {
        Hands clock = new Hands();
        RestartBackoff restarts =
                new RestartBackoff(new RestartBackoff.Policy(BACKOFF, Duration.ofMinutes(2)), clock, new Random(1));
        for (int i = 0; i < 5; i++) {
            restarts.started();
            clock.now = clock.now.plusSeconds(119);
            restarts.failed();
        }
        assertThat(restarts.failures()).isEqualTo(5);
        restarts.started();
        clock.now = clock.now.plusSeconds(120);
        assertThat(restarts.failed()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
        assertThat(restarts.failures()).isEqualTo(1);
    }
}
