package io.millrace.dev.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresPlatformTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, postgres-linux-x86_64.txz",
        "Linux, aarch64, postgres-linux-arm_64.txz",
        "Mac OS X, x86_64, postgres-darwin-x86_64.txz",
        "Mac OS X, aarch64, postgres-darwin-arm_64.txz",
        "Windows 11, amd64, postgres-windows-x86_64.txz"
    })
    void choosesTheArchiveByOsAndCpu(String os, String arch, String archive) {
        assertThat(PostgresPlatform.of(os, arch).archive()).isEqualTo(archive);
    }

    @Test
    void anotherMachineIsToldWhatToDo() {
        assertThat(PostgresPlatform.of("Linux", "riscv64").unsupported())
                .hasMessage(
                        "[dev.platform] dev services hold no PostgreSQL for 'linux-riscv64'. Build Millrace on the machine that runs"
                                + " it (Linux, macOS or Windows on x86_64 or arm64), or run a PostgreSQL of your own and leave out --dev.");
    }
}
