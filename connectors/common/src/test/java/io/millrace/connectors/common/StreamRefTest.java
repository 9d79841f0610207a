package io.millrace.connectors.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamRefTest {

    @Test
    void anEntryIsReadBackAsItWasWritten() {
        StreamRef orders = new StreamRef("cleaned", "orders", true);
        StreamRef clicks = new StreamRef("raw", "clicks", false);

        List<String> entries =
                List.of(orders.entry("cleaned.shop.orders"), " " + clicks.entry("raw.shop.clicks") + " ");

        assertThat(entries.get(0)).isEqualTo("cleaned.shop.orders=cleaned/orders/table");
        assertThat(StreamRef.parse(entries))
                .hasSize(2)
                .containsEntry("cleaned.shop.orders", orders)
                .containsEntry("raw.shop.clicks", clicks);
        assertThat(StreamRef.trouble(String.join(",", entries))).isEmpty();
    }

    @Test
    void aTopicThatNobodyDescribedIsEventsNamedByItself() {
        assertThat(StreamRef.undescribed("orders")).isEqualTo(new StreamRef("topics", "orders", false));
    }

    @Test
    void noEntryIsNoTrouble() {
        assertThat(StreamRef.trouble("")).isEmpty();
        assertThat(StreamRef.parse(List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders",
                "orders=cleaned",
                "orders=cleaned/orders",
                "orders=cleaned/orders/rows",
                "=a/b/table",
                "a=b=c/d/table"
            })
    void anEntryThatDescribesNothingIsNamed(String entry) {
        assertThat(StreamRef.trouble("a=b/c/events, " + entry).orElseThrow().text())
                .isEqualTo(
                        "'" + entry
                                + "' does not describe a topic. Write '<topic>=<layer>/<stream>/table' or '<topic>=<layer>/<stream>/events'.");
    }
}
