package io.millrace.plugin.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionOrderTest {
    @Test
    void ordersNumbersAsNumbersAndQualifiersBeforeTheRelease() {
        List<String> ordered = List.of(
                "undefined",
                "1.9.9",
                "1.10.0.Alpha1",
                "1.10.0.Alpha2",
                "1.10.0.Beta1",
                "1.10.0.CR1",
                "1.10.0-rc2",
                "1.10.0-SNAPSHOT",
                "1.10.0.Final",
                "1.10.0-jre8",
                "1.10.1",
                "2",
                "10.0.0",
                "20260817102030405060");
        List<String> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(7));

        shuffled.sort(VersionOrder.INSTANCE);

        assertThat(shuffled).isEqualTo(ordered);
    }

    @ParameterizedTest
    @CsvSource({"1.0, 1", "1.0.0.Final, 1.0.0", "3.6.1.GA, 3.6.1", "undefined, undefined", "v2, V2"})
    void findsTheSameVersionWrittenDifferently(String a, String b) {
        assertThat(VersionOrder.INSTANCE.compare(a, b)).isZero();
        assertThat(VersionOrder.INSTANCE.compare(b, a)).isZero();
    }
}
