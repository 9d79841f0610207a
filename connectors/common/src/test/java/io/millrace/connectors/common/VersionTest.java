package io.millrace.connectors.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionTest {

    @Test
    void classesOutsideOfAJarHaveVersionZero() {
        assertThat(Version.VERSION).isEqualTo("0");
    }
}
