package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dev.shop.ShopSchema;
import io.millrace.dev.shop.ShopScript;
import io.millrace.it.harness.Await;
import io.millrace.it.harness.MillraceProcess;
import io.millrace.it.harness.Processes;
import io.millrace.it.harness.ShopRun;
import io.millrace.it.harness.ShopSource;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code run --dev} is killed with everything it started, and started again. */
@Order(Integer.MAX_VALUE - 3)
class DevRestartIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final long SEED = 11;

    @TempDir
    Path folder;

    @Test
    void everythingIsKilledAndComesBack() throws Exception {
        try (ShopRun shop = ShopRun.in(folder)) {
            try (ShopSource source = shop.services().source()) {
                ShopSchema.create(source.connection(), SEED);
            }
            MillraceProcess run = shop.start();
            shop.awaitReconciled(SOON);
            try (ShopSource source = shop.services().source()) {
                new ShopScript(SEED).apply(source.connection(), 50);
            }

            run.kill();
            killAllIn(folder);

            MillraceProcess again = shop.start();
            again.awaitOutput("Running", SOON);
            shop.awaitReconciled(SOON);
            assertThat(again.stop()).isEqualTo(143);
            assertThat(Processes.in(folder))
                    .as("nothing is left behind after a clean stop")
                    .isEmpty();
        }
    }

    private static void killAllIn(Path folder) throws Exception {
        assertThat(Processes.in(folder))
                .as("services outlive a kill of Millrace")
                .isNotEmpty();
        Processes.in(folder).forEach(ProcessHandle::destroyForcibly);
        Await.until(
                Duration.ofSeconds(20), () -> assertThat(Processes.in(folder)).isEmpty());
    }
}
