package io.millrace.dev.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
class OwnedProcessTest {

    @Test
    void aProcessIsKnownByItsCommandLineNotByItsPid() throws Exception {
        Process process = new ProcessBuilder("tail", "-f", "/dev/null").start();
        try {
            assertThat(OwnedProcess.find(process.pid(), "/dev/null", "tail")).isPresent();
            assertThat(OwnedProcess.find(process.pid(), "/dev/nul", "tail")).isEmpty();
            assertThat(OwnedProcess.find(process.pid(), "/somewhere/else", "tail"))
                    .isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aStoppedProcessIsFoundNoMore() throws Exception {
        Process process = new ProcessBuilder("tail", "-f", "/dev/null").start();
        OwnedProcess owned =
                OwnedProcess.find(process.pid(), "/dev/null", "tail").orElseThrow();

        assertThat(owned.terminate(Duration.ofSeconds(10))).isTrue();

        assertThat(owned.isAlive()).isFalse();
        assertThat(owned.kill(Duration.ofSeconds(1))).isTrue();
        assertThat(OwnedProcess.find(process.pid(), "/dev/null", "tail")).isEmpty();
    }
}
