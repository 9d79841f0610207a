package io.millrace.broker.soak;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class StreamsSoakTest {
    private static final long SEED = Long.getLong("millrace.soak.seed", 20_261_123L);

    @Test
    void exactlyOnceThroughOneFaultOfEachKind(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path home) throws Exception {
        try (Soak soak = Soak.start(home, 400, SEED)) {
            soak.awaitRecovery();
            soak.killInstance(1);
            soak.awaitRecovery();
            soak.killBroker();
            soak.awaitRecovery();
            soak.restartInstance(0);
            soak.awaitRecovery();
            soak.run(Duration.ofSeconds(2));
            soak.measure();
            soak.finish();
        }
    }
}
