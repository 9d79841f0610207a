package io.millrace.worker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

class StageRunnerTest {
    private Instant now = Instant.EPOCH;
    private boolean stopping;

    private StageRunner runner(String... errors) {
        Clock clock = new Clock() {
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
        };
        Map<String, String> config = errors.length == 0 ? Map.of() : Map.of("errors.retry.timeout", errors[0]);
        return new StageRunner(ErrorPolicy.from(config), clock, new Random(1), this::pause);
    }

    private boolean pause(Duration time) {
        now = now.plus(time);
        return stopping;
    }

    private static RecordFailure failureOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        StageRunner.StageException thrown =
                (StageRunner.StageException) org.assertj.core.api.Assertions.catchThrowable(call);
        return thrown.failure();
    }

    @Test
    void triesAgainUntilTheTimeIsOver() {
        AtomicInteger tries = new AtomicInteger();
        RecordFailure failure = failureOf(() -> runner("5000").run(ConnectStage.VALUE_CONVERTER, String.class, () -> {
            tries.incrementAndGet();
            throw new RetriableException("not now");
        }));
        assertThat(now).isEqualTo(Instant.EPOCH.plusSeconds(5));
        assertThat(failure.attempts()).isEqualTo(tries.get()).isBetween(5, 7);
        assertThat(failure.isTransient()).isTrue();
        assertThat(failure.asException("Record 'a-0@1'"))
                .hasMessage("Record 'a-0@1' failed in stage VALUE_CONVERTER ('java.lang.String'), tried " + tries.get()
                        + " times: not now");
    }

    @Test
    void answersWhatASecondTryBrings() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        String answer = runner("5000").run(ConnectStage.KEY_CONVERTER, String.class, () -> {
            if (tries.incrementAndGet() == 1) {
                throw new RetriableException("not now");
            }
            return "now";
        });
        assertThat(answer).isEqualTo("now");
    }

    @Test
    void doesNotTryAgainWhatCanNeverPass() {
        RecordFailure failure = failureOf(() -> runner("5000").run(ConnectStage.KEY_CONVERTER, String.class, () -> {
            throw new DataException("poison");
        }));
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(failure.rule()).isEqualTo("key_converter");
        assertThat(failure.isTransient()).isFalse();
        assertThat(now).isEqualTo(Instant.EPOCH);
    }

    @Test
    void givesUpWithoutAVerdictWhenTheTaskStops() {
        stopping = true;
        assertThatThrownBy(() -> runner("-1").run(ConnectStage.KEY_CONVERTER, String.class, () -> {
                    throw new RetriableException("not now");
                }))
                .isInstanceOf(InterruptedException.class)
                .hasMessage("the task stops between two tries of a record");
    }
}
