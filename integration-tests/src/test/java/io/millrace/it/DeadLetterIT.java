package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dev.shop.ShopSchema;
import io.millrace.it.harness.Await;
import io.millrace.it.harness.MillraceProcess;
import io.millrace.it.harness.ShopRun;
import io.millrace.it.harness.ShopSource;
import io.millrace.it.harness.TopicReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A row that breaks a rule is a dead letter and not in the lake; put right, it arrives. */
class DeadLetterIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final long SEED = 3;
    private static final int ORDER = 30_001;
    private static final String LINES = "order_id, product_id, quantity";

    /** Name, in, out, dropped, dead letters of a stream in the printed summary. */
    private static final Pattern STREAM_ROW =
            Pattern.compile("^  (\\w+\\.\\w+) +(\\d+) +(\\d+) +[\\d.]+ +(\\d+) +(\\d+)$", Pattern.MULTILINE);

    @TempDir
    Path folder;

    @Test
    void aRowThatBreaksARuleIsADeadLetterUntilItIsPutRight() throws Exception {
        try (ShopRun shop = ShopRun.in(folder);
                ShopSource source = shop.services().source()) {
            ShopSchema.create(source.connection(), SEED);
            MillraceProcess run = shop.start();
            shop.awaitReconciled(SOON);

            source.execute("insert into orders (order_id, customer_id, order_date)" + " select " + ORDER
                    + ", min(customer_id), date '1998-01-01' from customers");
            source.execute("insert into order_details values (" + ORDER + ", 1, 12.5, 0, 0), (" + ORDER
                    + ", 2, 0, 5, 0), (" + ORDER + ", 3, 12.5, 5, 0)");
            assertDeadLetters(shop.broker());
            awaitLines(shop, List.of("30001", "3", "5"));

            source.execute("update order_details set quantity = 4 where order_id = " + ORDER + " and product_id = 1");
            awaitLines(shop, List.of("30001", "1", "4"), List.of("30001", "3", "5"));

            // the database is then as the rules want it, and so is the lake
            source.execute("delete from order_details where order_id = " + ORDER + " and product_id = 2");
            shop.awaitReconciled(SOON);
            awaitSums(run);
        }
    }

    private static void awaitLines(ShopRun shop, List<?>... lines) throws Exception {
        Await.until(SOON, () -> assertThat(shop.lake().current("cleaned.order_lines", LINES).stream()
                        .filter(line -> line.get(0).equals(String.valueOf(ORDER))))
                .isEqualTo(List.of(lines)));
    }

    private static void assertDeadLetters(String broker) throws Exception {
        try (TopicReader letters = TopicReader.open(broker, "deadletter.shop");
                TopicReader raw = TopicReader.open(broker, "raw.shop.order_details")) {
            Map<String, ConsumerRecord<byte[], byte[]>> byRule = letters.awaitRecords(2, SOON).stream()
                    .collect(Collectors.toMap(letter -> headers(letter).get("millrace.rule"), Function.identity()));

            assertThat(byRule).containsOnlyKeys("quantity_positive", "price_positive");
            assertLetter(byRule.get("quantity_positive"), 1, "value.quantity > 0", raw);
            assertLetter(byRule.get("price_positive"), 2, "value.unit_price > 0", raw);
        }
    }

    private static void assertLetter(
            ConsumerRecord<byte[], byte[]> letter, int product, String condition, TopicReader raw) throws Exception {
        Map<String, String> headers = headers(letter);
        int partition = Integer.parseInt(headers.get("__connect.errors.partition"));
        long offset = Long.parseLong(headers.get("__connect.errors.offset"));
        ConsumerRecord<byte[], byte[]> original = raw.awaitRecord(partition, offset, SOON);

        assertThat(new String(letter.key(), StandardCharsets.UTF_8))
                .isEqualTo("{\"order_id\":" + ORDER + ",\"product_id\":" + product + "}");
        assertThat(letter.key()).isEqualTo(original.key());
        assertThat(letter.value()).isEqualTo(original.value());
        assertThat(letter.timestamp()).isEqualTo(original.timestamp());

        Map<String, String> expected = new TreeMap<>(headers(original));
        expected.put("__connect.errors.topic", "raw.shop.order_details");
        expected.put("__connect.errors.partition", String.valueOf(partition));
        expected.put("__connect.errors.offset", String.valueOf(offset));
        expected.put("millrace.stage", "cleaned.order_lines.validate");
        expected.put("millrace.error.code", "validate.failed");
        expected.put("millrace.error.message", "the record does not satisfy '" + condition + "'");
        expected.put("millrace.attempts", "1");
        expected.put("millrace.pipeline", "shop");
        expected.put("millrace.origin", "raw.shop.order_details-" + partition + "@" + offset);
        expected.put("millrace.rule", product == 1 ? "quantity_positive" : "price_positive");
        assertThat(headers.remove("millrace.error.fingerprint")).matches("[0-9a-f]{12}");
        assertThat(headers.remove("millrace.version")).matches("\\d+\\.\\d+\\.\\d+\\S*");
        assertThat(headers).isEqualTo(expected);
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : record.headers()) {
            assertThat(headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)))
                    .as("the header '%s' is there once", header.key())
                    .isNull();
        }
        return headers;
    }

    /** The last summary that was printed, once everything has come to rest. */
    private static void awaitSums(MillraceProcess run) throws Exception {
        Await.until(SOON, () -> {
            String output = run.output();
            String last = output.substring(output.lastIndexOf("\nshop  up "));
            List<String> streams = new ArrayList<>();
            Matcher row = STREAM_ROW.matcher(last);
            while (row.find()) {
                streams.add(row.group(1));
                assertThat(count(row, 2))
                        .as("in = out + dropped + dead letters: %s", row.group())
                        .isEqualTo(count(row, 3) + count(row, 4) + count(row, 5));
                assertThat(count(row, 5))
                        .as("dead letters: %s", row.group())
                        .isEqualTo(row.group(1).equals("cleaned.order_lines") ? 2 : 0);
            }
            assertThat(streams)
                    .containsExactlyInAnyOrder(
                            "cleaned.customers",
                            "cleaned.orders",
                            "cleaned.order_lines",
                            "cleaned.clicks",
                            "cleaned.readings",
                            "enriched.orders",
                            "enriched.order_lines",
                            "curated.revenue_by_country",
                            "curated.device_minutes",
                            "curated.hot_minutes");
        });
    }

    private static long count(Matcher row, int group) {
        return Long.parseLong(row.group(group));
    }
}
