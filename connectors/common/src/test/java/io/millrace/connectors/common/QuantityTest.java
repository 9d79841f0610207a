package io.millrace.connectors.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1B, 1",
        "64KB, 65536",
        "64 kib, 65536",
        "128MB, 134217728",
        " 128MiB , 134217728",
        "1gb, 1073741824",
        "8388607GB, 9007198180999168",
        "999999999999GB, "
    })
    void aSizeIsANumberAndAUnitOf1024(String text, Long bytes) {
        assertThat(Quantity.bytes(text)).isEqualTo(Optional.ofNullable(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0MB", "-1MB", "1.5MB", "1TB", "MB", "1000000000000", "1  MB"})
    void aTextThatIsNoSizeIsRefused(String text) {
        assertThat(Quantity.bytes(text)).isEmpty();
        assertThat(Quantity.sizeTrouble(text).orElseThrow().text())
                .isEqualTo(
                        "'" + text
                                + "' is not a size. Write a whole number above zero and a unit, for example '128MB'; units: [B, KB, MB, GB].");
    }

    @ParameterizedTest
    @CsvSource({
        "250ms, PT0.25S",
        "10s, PT10S",
        "10 m, PT10M",
        " 1h , PT1H",
        "2d, PT48H",
        "999999999999ms, PT277777H46M39.999S"
    })
    void aDurationIsANumberAndAUnit(String text, Duration duration) {
        assertThat(Quantity.duration(text)).contains(duration);
        assertThat(Quantity.durationTrouble(text)).isEmpty();
    }

    @Test
    void theLongestDurationDoesNotOverflow() {
        assertThat(Quantity.duration("999999999999d")).contains(Duration.ofHours(24 * 999_999_999_999L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0s", "10", "-1s", "1.5s", "1M", "1w", "s", "1000000000000s"})
    void aTextThatIsNoDurationIsRefused(String text) {
        assertThat(Quantity.duration(text)).isEmpty();
        assertThat(Quantity.durationTrouble(text).orElseThrow().text())
                .isEqualTo(
                        "'" + text
                                + "' is not a duration. Write a whole number above zero and a unit, for example '10m'; units: [ms, s, m, h, d].");
    }
}
