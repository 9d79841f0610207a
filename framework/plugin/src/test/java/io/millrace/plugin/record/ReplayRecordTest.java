package io.millrace.plugin.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

class ReplayRecordTest {
    private static final String DEAD = "deadletter.shop";

    @Test
    void entersItsStageAgainAsItWasReadAtFirst() {
        Headers came = new RecordHeaders().add("traceparent", bytes("00-ab"));
        ProducerRecord<byte[], byte[]> again = ReplayRecord.of(read(died(came, 1), 17), "replay.shop", 3, 1);

        assertThat(again.topic()).isEqualTo("replay.shop");
        assertThat(again.partition()).isEqualTo(2);
        assertThat(again.timestamp()).isEqualTo(1700000000000L);
        assertThat(again.key()).isEqualTo(bytes("k"));
        assertThat(again.value()).isEqualTo(bytes("v"));
        Map<String, String> headers = texts(again.headers());
        headers.remove("millrace.version");
        assertThat(headers)
                .isEqualTo(Map.of(
                        "traceparent", "00-ab",
                        "millrace.origin", "raw.shop.orders-2@41",
                        "millrace.pipeline", "shop",
                        "millrace.attempts", "1",
                        "millrace.replay.stage", "sink:lake",
                        "millrace.replay.of", "deadletter.shop-0@17",
                        "millrace.replay.topic", "raw.shop.orders",
                        "millrace.replay.partition", "2",
                        "millrace.replay.offset", "41"));
    }

    @Test
    void aRecordThatDiesAgainKeepsItsFirstPlaceAndCountsItsTries() {
        ProducerRecord<byte[], byte[]> again =
                ReplayRecord.of(read(died(new RecordHeaders(), 2), 17), "replay.shop", 3, 2);
        ProducerRecord<byte[], byte[]> second = DeadLetter.of("shop", "sink:lake")
                .from("replay.shop", 2, 0)
                .originalHeaders(again.headers())
                .error("sink.put", new DataException("no"))
                .build()
                .toRecord(DEAD);

        assertThat(texts(second.headers()))
                .containsEntry("__connect.errors.topic", "raw.shop.orders")
                .containsEntry("__connect.errors.partition", "2")
                .containsEntry("__connect.errors.offset", "41")
                .containsEntry("millrace.origin", "raw.shop.orders-2@41")
                .containsEntry("millrace.attempts", "3")
                .containsEntry("millrace.replay.of", "deadletter.shop-0@17")
                .doesNotContainKeys("millrace.replay.stage", "millrace.replay.topic", "millrace.replay.offset");
    }

    @Test
    void aRowThatDiedBetweenStepsEntersAsTheRecordThatItWasMadeOf() {
        ProducerRecord<byte[], byte[]> letter = DeadLetter.of("shop", "cleaned.orders.contract")
                .bytes(bytes("row key"), bytes("row"))
                .originalHeaders(new RecordHeaders()
                        .add("millrace.origin", bytes("raw.shop.orders-4@41"))
                        .add("millrace.input", bytes("raw.shop.orders-4@41"))
                        .add("millrace.replay.passed", bytes("dedupe")))
                .rule("contract")
                .attempts(2)
                .build()
                .toRecord(DEAD);
        ConsumerRecord<byte[], byte[]> input = new ConsumerRecord<>(
                "raw.shop.orders",
                4,
                41,
                1700000000000L,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                bytes("k"),
                bytes("v"),
                new RecordHeaders().add("http.path", bytes("/readings")),
                Optional.empty());

        ProducerRecord<byte[], byte[]> again = ReplayRecord.ofInput(read(letter, 17), input, "replay.shop", 6, 2);

        assertThat(again.topic()).isEqualTo("replay.shop");
        assertThat(again.partition()).isEqualTo(4);
        assertThat(again.timestamp()).isEqualTo(1700000000000L);
        assertThat(again.key()).isEqualTo(bytes("k"));
        assertThat(again.value()).isEqualTo(bytes("v"));
        assertThat(texts(again.headers()))
                .isEqualTo(Map.of(
                        "http.path", "/readings",
                        "millrace.origin", "raw.shop.orders-4@41",
                        "millrace.attempts", "2",
                        "millrace.replay.stage", "cleaned.orders.contract",
                        "millrace.replay.of", "deadletter.shop-0@17",
                        "millrace.replay.topic", "raw.shop.orders",
                        "millrace.replay.partition", "4",
                        "millrace.replay.offset", "41",
                        "millrace.replay.passed", "dedupe"));
    }

    @Test
    void aPlaceIsReadAsItIsWritten() {
        assertThat(ReplayRecord.place("raw.shop.web-logs-2@41"))
                .contains(new ReplayRecord.Place(new TopicPartition("raw.shop.web-logs", 2), 41));
        assertThat(ReplayRecord.place("raw.shop.orders")).isEmpty();
        assertThat(ReplayRecord.place("raw.shop.orders-99999999999@1")).isEmpty();
    }

    @Test
    void aLetterWithoutItsTopicCannotEnterAgain() {
        ProducerRecord<byte[], byte[]> letter =
                DeadLetter.of("shop", "curated.x.sum").build().toRecord(DEAD);

        assertThatThrownBy(() -> ReplayRecord.of(read(letter, 1), "replay.shop", 3, 1))
                .hasMessage("a dead letter without the header '__connect.errors.topic' cannot be replayed");
    }

    @Test
    void aSourcesRecordNeedsNoTopicButWhatItIsMadeOf() {
        DeadLetter.Builder letter = DeadLetter.of("shop", "source:db").bytes(null, bytes("v"));
        ProducerRecord<byte[], byte[]> again = ReplayRecord.of(
                read(
                        letter.originalHeaders(
                                        new RecordHeaders().add(DeadLetterHeaders.SOURCE_RECORD, bytes("{\"a\":1}")))
                                .build()
                                .toRecord(DEAD),
                        1),
                "replay.shop",
                3,
                1);

        assertThat(again.partition()).isZero();
        assertThat(texts(again.headers()))
                .containsEntry("millrace.replay.stage", "source:db")
                .containsEntry("millrace.source.record", "{\"a\":1}")
                .doesNotContainKey("millrace.replay.topic");
        assertThatThrownBy(() -> ReplayRecord.of(
                        read(letter.originalHeaders(new RecordHeaders()).build().toRecord(DEAD), 1),
                        "replay.shop",
                        3,
                        1))
                .hasMessage("a dead letter without the header 'millrace.source.record' cannot be replayed");
    }

    @Test
    void oneKindOfFailureIsOneGroupWhateverTheValues() {
        assertThat(Fingerprint.normalized("can't read 'O'Brien' at 17, id 4f2a9c01-11aa-22bb-33cc-0123456789ab"))
                .isEqualTo(Fingerprint.normalized("can't read 'x' at 8, id 00000000-11aa-22bb-33cc-ffffffffffff"))
                .isEqualTo("can't read ? at #, id #");
        assertThat(Fingerprint.normalized("facade deadbeef01 \"a\" `b`")).isEqualTo("facade # ? ?");
    }

    private static ProducerRecord<byte[], byte[]> died(Headers came, int attempts) {
        return DeadLetter.of("shop", "sink:lake")
                .from("raw.shop.orders", 2, 41)
                .timestamp(1700000000000L)
                .bytes(bytes("k"), bytes("v"))
                .originalHeaders(came)
                .rule("decode")
                .error("sink.value-converter", new DataException("'a' is no number"))
                .attempts(attempts)
                .build()
                .toRecord(DEAD);
    }

    private static ConsumerRecord<byte[], byte[]> read(ProducerRecord<byte[], byte[]> letter, long offset) {
        return new ConsumerRecord<>(
                letter.topic(),
                0,
                offset,
                letter.timestamp() == null ? -1L : letter.timestamp(),
                TimestampType.CREATE_TIME,
                -1,
                -1,
                letter.key(),
                letter.value(),
                letter.headers(),
                Optional.empty());
    }

    private static Map<String, String> texts(Headers headers) {
        Map<String, String> texts = new TreeMap<>();
        headers.forEach(header -> texts.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return texts;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
