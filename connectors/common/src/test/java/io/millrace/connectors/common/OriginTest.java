package io.millrace.connectors.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class OriginTest {
    private static final StreamRef RAW = new StreamRef("raw", "orders", true);
    private static final StreamRef LAYER = new StreamRef("cleaned", "orders", true);

    @Test
    void theHeaderTellsIt() {
        SinkRecord record = record("cleaned.shop.orders", 7);
        record.headers().addString("millrace.origin", "raw.shop.orders-1@3");
        SinkRecord bytes = record("cleaned.shop.orders", 7);
        bytes.headers().addBytes("millrace.origin", "raw.shop.orders-1@4".getBytes(StandardCharsets.UTF_8));

        assertThat(Origin.of(record, LAYER)).contains("raw.shop.orders-1@3");
        assertThat(Origin.of(bytes, LAYER)).contains("raw.shop.orders-1@4");
    }

    @Test
    void aRawRecordIsItsOwnAndAnAggregateHasNone() {
        assertThat(Origin.of(record("raw.shop.orders", 7), RAW)).contains("raw.shop.orders-1@7");
        assertThat(Origin.of(record("elsewhere", 7), StreamRef.undescribed("elsewhere")))
                .contains("elsewhere-1@7");
        assertThat(Origin.of(record("cleaned.shop.orders", 7), LAYER)).isEmpty();
    }

    @Test
    void aReplayedRecordKeepsThePlaceWhereItWasFirstRead() {
        SinkRecord first = record("raw.shop.orders", 7);
        SinkRecord replayed = replayed(first, "5");

        assertThat(FormerPlace.isReplay(first)).isFalse();
        assertThat(FormerPlace.of(first)).isEmpty();
        assertThat(FormerPlace.isReplay(replayed)).isTrue();
        assertThat(FormerPlace.of(replayed)).contains(new FormerPlace("raw.shop.orders", 1, 5));
        assertThat(Origin.of(replayed, RAW)).contains("raw.shop.orders-1@5");
    }

    @Test
    void aPlaceThatIsNoOffsetIsRefused() {
        SinkRecord replayed = replayed(record("raw.shop.orders", 7), "x");

        assertThatThrownBy(() -> FormerPlace.of(replayed))
                .isInstanceOf(DataException.class)
                .hasMessage("The header 'millrace.replay.offset' is 'x', which is not an offset.");
    }

    private static SinkRecord replayed(SinkRecord first, String offset) {
        SinkRecord replayed = new SinkRecord(
                first.topic(),
                1,
                null,
                null,
                null,
                "v",
                0,
                0L,
                TimestampType.CREATE_TIME,
                first.headers().duplicate(),
                "replay.shop",
                1,
                0);
        replayed.headers().addString("millrace.replay.stage", "sink:warehouse");
        replayed.headers().addString("millrace.replay.offset", offset);
        return replayed;
    }

    private static SinkRecord record(String topic, long offset) {
        return new SinkRecord(topic, 1, null, null, null, "v", offset);
    }
}
