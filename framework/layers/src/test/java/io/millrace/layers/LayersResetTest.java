package io.millrace.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LayersResetTest {
    private final LayersReset reset = new LayersReset(
            "millrace.shop", LayersConfig.of("none:1", Path.of("state")), Set.of("cleaned"), Duration.ofSeconds(1));

    @Test
    void knowsItsInternalTopicsFromThoseOfAnApplicationWithALongerName() {
        assertThat(reset.isInternal("millrace.shop-cleaned.orders.rows-changelog"))
                .isTrue();
        assertThat(reset.isInternal("millrace.shop-eu-cleaned.orders.rows-changelog"))
                .isFalse();
        assertThat(reset.isInternal("millrace.shop-notes")).isFalse();
        assertThat(reset.isInternal("cleaned.shop.orders")).isFalse();
    }
}
