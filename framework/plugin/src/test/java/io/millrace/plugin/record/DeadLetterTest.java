package io.millrace.plugin.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

class DeadLetterTest {

    @Test
    void carriesTheOriginalBytesHeadersAndTimestampAndTellsWhy() {
        Headers original = new RecordHeaders().add("traceparent", bytes("00-ab-cd-01"));
        DataException error = new DataException("'ä' is no number");

        ProducerRecord<byte[], byte[]> letter = DeadLetter.of("shop", "sink:lake")
                .from("raw.shop.orders", 2, 41)
                .timestamp(1700000000000L)
                .bytes(bytes("k"), bytes("v"))
                .originalHeaders(original)
                .rule("decode")
                .error("sink.value-converter", error)
                .attempts(3)
                .connector("shop.lake", 1)
                .connectStage("VALUE_CONVERTER", "org.apache.kafka.connect.json.JsonConverter")
                .build()
                .toRecord("deadletter.shop");

        assertThat(letter.topic()).isEqualTo("deadletter.shop");
        assertThat(letter.partition()).isNull();
        assertThat(letter.timestamp()).isEqualTo(1700000000000L);
        assertThat(letter.key()).isEqualTo(bytes("k"));
        assertThat(letter.value()).isEqualTo(bytes("v"));
        Map<String, String> headers = texts(letter.headers());
        assertThat(headers.remove("__connect.errors.exception.stacktrace"))
                .startsWith("org.apache.kafka.connect.errors.DataException: 'ä' is no number\n\tat ");
        assertThat(headers.remove("millrace.error.fingerprint")).matches("[0-9a-f]{12}");
        assertThat(headers.remove("millrace.version")).matches("\\d+\\.\\d+\\.\\d+.*");
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("traceparent", "00-ab-cd-01");
        expected.put("__connect.errors.topic", "raw.shop.orders");
        expected.put("__connect.errors.partition", "2");
        expected.put("__connect.errors.offset", "41");
        expected.put("__connect.errors.connector.name", "shop.lake");
        expected.put("__connect.errors.task.id", "1");
        expected.put("__connect.errors.stage", "VALUE_CONVERTER");
        expected.put("__connect.errors.class.name", "org.apache.kafka.connect.json.JsonConverter");
        expected.put("__connect.errors.exception.class.name", "org.apache.kafka.connect.errors.DataException");
        expected.put("__connect.errors.exception.message", "'ä' is no number");
        expected.put("millrace.stage", "sink:lake");
        expected.put("millrace.rule", "decode");
        expected.put("millrace.error.code", "sink.value-converter");
        expected.put("millrace.error.message", "'ä' is no number");
        expected.put("millrace.attempts", "3");
        expected.put("millrace.pipeline", "shop");
        expected.put("millrace.origin", "raw.shop.orders-2@41");
        assertThat(headers).isEqualTo(expected);
    }

    @Test
    void leavesOutWhatALayerHasNot() {
        Headers original = new RecordHeaders().add("millrace.origin", bytes("raw.shop.orders-0@7"));

        Map<String, String> headers = texts(DeadLetter.of("shop", "cleaned.orders.validate")
                .from("cleaned.shop.orders", 0, 3)
                .originalHeaders(original)
                .rule("quantity > 0")
                .error("layers.validate", null, "The contract's rule does not hold.")
                .build()
                .headers());

        assertThat(headers.keySet())
                .containsExactlyInAnyOrder(
                        "millrace.origin",
                        "__connect.errors.topic",
                        "__connect.errors.partition",
                        "__connect.errors.offset",
                        "millrace.stage",
                        "millrace.rule",
                        "millrace.error.code",
                        "millrace.error.message",
                        "millrace.error.fingerprint",
                        "millrace.attempts",
                        "millrace.pipeline",
                        "millrace.version");
        assertThat(headers)
                .containsEntry("millrace.origin", "raw.shop.orders-0@7")
                .containsEntry("millrace.attempts", "1");
    }

    @Test
    void makesNoOriginUpForARecordOfAnAggregate() {
        Headers headers = DeadLetter.of("shop", "sink:search")
                .from("curated.shop.revenue", 0, 3)
                .error("sink.put", new IllegalStateException("refused"))
                .build()
                .headers();

        assertThat(headers.lastHeader("millrace.origin")).isNull();
    }

    @Test
    void replacesTheHeadersOfAnEarlierDeath() {
        Headers first = DeadLetter.of("shop", "sink:lake")
                .from("raw.shop.orders", 0, 3)
                .rule("one")
                .error("sink.put", new IllegalStateException("refused"))
                .connector("shop.lake", 0)
                .build()
                .headers();

        DeadLetter second = DeadLetter.of("shop", "cleaned.orders.cast")
                .from("raw.shop.orders", 0, 9)
                .originalHeaders(first)
                .error("layers.cast", null, "No.")
                .build();
        Map<String, String> headers = texts(second.headers());

        assertThat(headers)
                .containsEntry("millrace.stage", "cleaned.orders.cast")
                .containsEntry("__connect.errors.offset", "9")
                .containsEntry("millrace.origin", "raw.shop.orders-0@3")
                .doesNotContainKeys(
                        "millrace.rule",
                        "__connect.errors.connector.name",
                        "__connect.errors.exception.class.name",
                        "__connect.errors.exception.stacktrace");
        assertThat(texts(first)).containsEntry("millrace.stage", "sink:lake");
    }

    @Test
    void boundsTheStackTraceAndTheMessageBetweenCharacters() {
        Headers headers = DeadLetter.of("shop", "sink:lake")
                .error("sink.put", new IllegalStateException("€".repeat(10_000)))
                .build()
                .headers();

        byte[] message =
                headers.lastHeader("__connect.errors.exception.message").value();
        assertThat(headers.lastHeader("__connect.errors.exception.stacktrace").value())
                .hasSizeLessThanOrEqualTo(8192);
        assertThat(message).hasSize(2046);
        assertThat(new String(message, StandardCharsets.UTF_8)).isEqualTo("€".repeat(682));
    }

    @Test
    void givesFailuresOfOneKindOneFingerprint() {
        assertThat(fingerprint("sink:lake", "row 17: 'abc' is no number"))
                .isEqualTo(fingerprint("sink:lake", "row 2345: 'x' is no number"))
                .isNotEqualTo(fingerprint("sink:search", "row 17: 'abc' is no number"))
                .isNotEqualTo(fingerprint("sink:lake", "row 17: 'abc' is no date"));
        assertThat(Fingerprint.normalized("row 17: \"a 'b\" and `c` in v2")).isEqualTo("row #: ? and ? in v#");
    }

    private static String fingerprint(String stage, String message) {
        return DeadLetter.of("shop", stage)
                .error("sink.put", new DataException(message))
                .build()
                .fingerprint();
    }

    private static Map<String, String> texts(Headers headers) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Header header : headers) {
            texts.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        return texts;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
