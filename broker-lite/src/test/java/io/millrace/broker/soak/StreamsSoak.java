package io.millrace.broker.soak;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The long form, in the profile {@code soak}: {@code -Dmillrace.soak.minutes=20}. */
class StreamsSoak {
    private static final Duration LENGTH = Duration.ofMinutes(Integer.getInteger("millrace.soak.minutes", 20));
    private static final int RATE = Integer.getInteger("millrace.soak.rate", 500);
    private static final long SEED = Long.getLong("millrace.soak.seed", 20_261_123L);
    private static final Duration SAMPLE = min(Duration.ofMinutes(1), LENGTH.dividedBy(10));

    /** The broker is killed in the first part of the run; the last life is long enough to see whether it grows. */
    private static final Duration BROKERS_LIFE = min(Duration.ofMinutes(3), LENGTH.dividedBy(6));

    private static final Duration LAST_DEATH = LENGTH.multipliedBy(3).dividedBy(5);
    private static final Duration WARM_UP = min(Duration.ofMinutes(2), LENGTH.dividedBy(10));

    @Test
    void exactlyOnceThroughFaults(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path home) throws Exception {
        System.out.printf("soak of %s, %d events per second, seed %d%n", LENGTH, RATE, SEED);
        try (Soak soak = Soak.start(home, RATE, SEED)) {
            Duration nextSample = SAMPLE;
            soak.awaitRecovery();
            while (soak.elapsed().compareTo(LENGTH) < 0) {
                if (soak.elapsed().compareTo(nextSample) >= 0) {
                    soak.measure();
                    nextSample = nextSample.plus(SAMPLE);
                }
                fault(soak);
                soak.awaitRecovery();
                soak.run(Duration.ofSeconds(5 + soak.random().nextInt(15)));
            }
            soak.measure();
            soak.finish();
            soak.assertNoGrowth(WARM_UP);
        }
    }

    private static void fault(Soak soak) throws Exception {
        if (soak.brokersAge().compareTo(BROKERS_LIFE) > 0 && soak.elapsed().compareTo(LAST_DEATH) < 0) {
            soak.killBroker();
            return;
        }
        int which = soak.random().nextInt(2);
        if (soak.random().nextBoolean()) {
            soak.killInstance(which);
        } else {
            soak.restartInstance(which);
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
