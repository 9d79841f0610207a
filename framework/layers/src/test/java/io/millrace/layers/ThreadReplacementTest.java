package io.millrace.layers;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class ThreadReplacementTest {
    private static final ThreadReplacement.Budget BUDGET =
            new ThreadReplacement.Budget(2, Duration.ofMinutes(10), Duration.ofMillis(1), Duration.ofMillis(2));

    private Instant now = Instant.EPOCH;

    private final ThreadReplacement replacement = new ThreadReplacement("shop", BUDGET, new Clock() {
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
    });

    @Test
    void replacesWithinTheBudgetAndThenGivesUpWithTheError() {
        IllegalStateException error = new IllegalStateException("broken");

        assertThat(replacement.handle(error)).isEqualTo(REPLACE_THREAD);
        assertThat(replacement.handle(error)).isEqualTo(REPLACE_THREAD);
        assertThat(replacement.failure()).isEmpty();
        assertThat(replacement.handle(error)).isEqualTo(SHUTDOWN_CLIENT);
        assertThat(replacement.failure()).contains(error);
    }

    @Test
    void givesUpAtOnceWhereARecordIsToStopTheStream() {
        ProblemException stop = new ProblemException(
                ExitCode.YOURS, Problem.error("stream.stopped", "raw.shop.orders-0@17", "It cannot pass.", ""));

        assertThat(replacement.handle(new StreamsException("processing failed", stop)))
                .isEqualTo(SHUTDOWN_CLIENT);

        assertThat(replacement.failure().flatMap(ThreadReplacement::stop)).contains(stop);
        assertThat(ThreadReplacement.breaker(stop)).isEmpty();
    }

    @Test
    void deathsLongAgoDoNotCount() {
        for (int i = 0; i < 10; i++) {
            assertThat(replacement.handle(new IllegalStateException("broken"))).isEqualTo(REPLACE_THREAD);
            now = now.plus(Duration.ofMinutes(6));
        }
        assertThat(replacement.failure()).isEmpty();
    }
}
