package io.millrace.connectors.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real OpenSearch. */
class SearchIndexIT {
    @TempDir
    static Path folder;

    private static SearchNode node;

    private final FakeContext context = new FakeContext(true);

    @BeforeAll
    static void startServer() throws Exception {
        node = SearchNode.start(folder);
    }

    @AfterAll
    static void stopServer() {
        node.close();
    }

    @BeforeEach
    void removeIndices() throws Exception {
        node.ask("DELETE", "/orders", "");
    }

    @Test
    void aRenamedCompanyIsFoundByItsNewNameAndADeletedOrderNotAtAll() throws Exception {
        SearchIndexSinkTask task = Orders.task(Orders.config(node.url()), context);
        task.put(List.of(
                Orders.record(0, 0, 1, Orders.order(1, "Alfreds Futterkiste", "12.50")),
                Orders.record(0, 1, 2, Orders.order(2, "Alfreds Futterkiste", "7.00")),
                Orders.record(1, 0, 3, Orders.order(3, "Ernst Handel", "3.10"))));
        assertThat(node.find("orders", "company:alfreds")).containsExactly("1", "2");

        task.put(List.of(
                Orders.record(0, 2, 1, Orders.order(1, "Bergers Futterkiste", "12.50")),
                Orders.record(0, 3, 2, (Struct) null)));

        assertThat(node.find("orders", "company:alfreds")).isEmpty();
        assertThat(node.find("orders", "company:bergers")).containsExactly("1");
        assertThat(node.find("orders", "company.keyword:%22Ernst%20Handel%22")).containsExactly("3");
        assertThat(context.reported).isEmpty();
        Map<TopicPartition, OffsetAndMetadata> offsets =
                Map.of(new TopicPartition(Orders.TOPIC, 0), new OffsetAndMetadata(4));
        assertThat(task.preCommit(offsets)).isEqualTo(offsets);
    }

    @Test
    void theIndexIsMadeFromTheSchemaAndTheDocumentKeepsEveryDigit() throws Exception {
        Orders.task(Orders.config(node.url()), context)
                .put(List.of(Orders.record(0, 0, 1, Orders.order(1, "Alfreds", "12345678901234567.10"))));

        JsonNode properties =
                node.get("/orders/_mapping").path("orders").path("mappings").path("properties");
        assertThat(properties.toString())
                .isEqualTo("{\"_origin\":{\"type\":\"keyword\"},"
                        + "\"company\":{\"type\":\"text\",\"fields\":{\"keyword\":{\"type\":\"keyword\",\"ignore_above\":8191}}},"
                        + "\"order_id\":{\"type\":\"integer\"},"
                        + "\"ordered_on\":{\"type\":\"date\",\"format\":\"strict_date\"},"
                        + "\"shipped_at\":{\"type\":\"date\",\"format\":\"strict_date_optional_time\"},"
                        + "\"total\":{\"type\":\"double\"}}");
        assertThat(node.get("/orders/_settings")
                        .at("/orders/settings/index/gc_deletes")
                        .asText())
                .isEqualTo("3600000ms");
        assertThat(node.text("GET", "/orders/_source/1", ""))
                .isEqualTo("{\"order_id\":1,\"company\":\"Alfreds\",\"total\":12345678901234567.10,"
                        + "\"ordered_on\":\"1996-07-04\",\"shipped_at\":\"1996-07-16T10:20:30.123456Z\","
                        + "\"_origin\":\"raw.shop.orders-0@0\"}");
    }

    @Test
    void aFieldThatComesLaterIsAddedToTheIndex() throws Exception {
        SearchIndexSinkTask task = Orders.task(Orders.config(node.url()), context);
        task.put(List.of(Orders.record(0, 0, 1, Orders.order(1, "Alfreds", "1.00"))));
        Schema wider = SchemaBuilder.struct()
                .field("order_id", Schema.INT32_SCHEMA)
                .field("zip", Schema.OPTIONAL_STRING_SCHEMA)
                .build();

        task.put(List.of(
                Orders.record(0, 1, 2, new Struct(wider).put("order_id", 2).put("zip", "10115"))));

        assertThat(node.get("/orders/_mapping")
                        .at("/orders/mappings/properties/zip/type")
                        .asText())
                .isEqualTo("text");
        assertThat(node.find("orders", "zip:10115")).containsExactly("2");
    }

    @Test
    void poisonIsReportedWithFieldAndRemedyAndItsNeighboursAreWritten() throws Exception {
        SearchIndexSinkTask task = Orders.task(Orders.config(node.url()), context);
        task.put(List.of(Orders.record(0, 0, 1, Orders.order(1, "Alfreds", "1.00"))));
        Schema other =
                SchemaBuilder.struct().field("ordered_on", Schema.STRING_SCHEMA).build();
        Schema single =
                SchemaBuilder.struct().field("total", Schema.FLOAT64_SCHEMA).build();

        task.put(List.of(
                Orders.record(0, 1, 2, new Struct(other).put("ordered_on", "soon")),
                Orders.record(0, 2, 3, new Struct(single).put("total", Double.NaN)),
                Orders.record(0, 3, null, Orders.SCHEMA, Orders.order(4, "x", "1.00")),
                Orders.record(0, 4, 5, Orders.order(5, "Ernst", "2.00"))));

        assertThat(context.reported)
                .extracting(reported -> reported.record().kafkaOffset())
                .containsExactly(2L, 3L, 1L);
        assertThat(Orders.reasons(context))
                .containsExactly(
                        "The field 'total' is NaN, which JSON cannot hold. Set it to null, or filter the record, in an earlier layer.",
                        "The record has no key for the document's id. Give its stream a key, or set 'id' to 'origin' or a field.",
                        "The index 'orders' refuses the document: mapper_parsing_exception: failed to parse field [ordered_on] of type"
                                + " [date] (illegal_argument_exception). Cast the field to the type that the index has, in an earlier"
                                + " layer, or write to an index that has it as another type; then replay.");
        assertThat(node.find("orders", "*:*")).containsExactly("1", "5");
    }

    @Test
    void withoutAReporterPoisonFailsTheTask() {
        SearchIndexSinkTask task = Orders.task(Orders.config(node.url()), new FakeContext(false));

        assertThatThrownBy(
                        () -> task.put(List.of(Orders.record(2, 7, null, Orders.SCHEMA, Orders.order(4, "x", "1.00")))))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "The record enriched.shop.orders-2@7 cannot be written: The record has no key for the document's id. Give"
                                + " its stream a key, or set 'id' to 'origin' or a field.");
    }

    @Test
    void aMissingIndexThatMayNotBeMadeStopsTheTask() {
        SearchIndexSinkTask task = Orders.task(Orders.config(node.url(), "search.create.index", "false"), context);

        assertThatThrownBy(() -> task.put(List.of(Orders.record(0, 0, 1, Orders.order(1, "Alfreds", "1.00")))))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "The index 'orders' does not exist. Make it, or set 'create_index' to true to have it made from the"
                                + " records' schema.");
    }

    @Test
    void anOlderRecordNeverOverwritesNorBringsBack() throws Exception {
        SearchIndexSinkTask task = Orders.task(Orders.config(node.url()), context);
        SinkRecord first = Orders.record(0, 0, 1, Orders.order(1, "Old", "1.00"));
        SinkRecord second = Orders.record(0, 1, 1, Orders.order(1, "New", "1.00"));
        SinkRecord gone = Orders.record(0, 2, 1, (Struct) null);
        task.put(List.of(first, second));
        task.put(List.of(first));
        assertThat(node.find("orders", "company:new")).containsExactly("1");

        task.put(List.of(gone));
        task.put(List.of(first, second));

        assertThat(node.find("orders", "*:*")).isEmpty();
        assertThat(context.reported).isEmpty();
    }

    @Test
    void aReplayedRecordKeepsTheVersionOfItsFormerPlace() throws Exception {
        SearchIndexSinkTask task = Orders.task(Orders.config(node.url()), context);
        task.put(List.of(Orders.record(0, 5, 1, Orders.order(1, "Newest", "1.00"))));
        SinkRecord stale = replayed("3", 1, "Stale");
        SinkRecord other = replayed("4", 2, "Replayed");

        task.put(List.of(stale, other));

        assertThat(node.find("orders", "company:newest")).containsExactly("1");
        assertThat(node.find("orders", "company:replayed")).containsExactly("2");
        assertThat(node.get("/orders/_doc/2").path("_version").asLong()).isEqualTo(5);
    }

    /** As the worker gives a record of the replay topic: its former topic, and original coordinates of the replay topic. */
    private static SinkRecord replayed(String formerOffset, int id, String company) {
        SinkRecord record = new SinkRecord(
                "replay.shop",
                0,
                Schema.OPTIONAL_STRING_SCHEMA,
                "{\"order_id\":" + id + "}",
                Orders.SCHEMA,
                Orders.order(id, company, "1.00"),
                900 + id);
        SinkRecord renamed = record.newRecord(
                Orders.TOPIC, 0, record.keySchema(), record.key(), record.valueSchema(), record.value(), 0L);
        renamed.headers().addString("millrace.replay.offset", formerOffset);
        return renamed;
    }

    @Test
    void eventsAreKeptApartByTheirPlaceAlsoWithoutKeyAndSchema() throws Exception {
        SearchIndexSinkTask task =
                Orders.task(Orders.config(node.url(), "search.id", "origin", "search.gzip", "true"), context);

        task.put(List.of(
                Orders.record(0, 0, null, null, Map.of("line", "GET /", "status", 200L)),
                Orders.record(0, 1, null, null, Map.of("line", "GET /", "status", 200L)),
                Orders.record(
                        1, 0, null, Schema.BYTES_SCHEMA, "GET /b".getBytes(java.nio.charset.StandardCharsets.UTF_8))));

        assertThat(node.find("orders", "*:*"))
                .containsExactly("enriched.shop.orders-0@0", "enriched.shop.orders-0@1", "enriched.shop.orders-1@0");
        assertThat(node.get("/orders/_source/enriched.shop.orders-1@0")
                        .path("value")
                        .asText())
                .isEqualTo("GET /b");
    }

    /**
     * Upserts and deletes by a seed, through bad weather, by tasks that are dropped with and without a commit: at the end the index is the table.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theIndexEqualsTheTableAfterStormsAndRedelivery(long seed) throws Exception {
        Random random = new Random(seed);
        List<SinkRecord> log = new ArrayList<>();
        Map<String, String> model = new TreeMap<>();
        for (int offset = 0; offset < 400; offset++) {
            int id = random.nextInt(60);
            boolean delete = random.nextInt(4) == 0;
            String company = "c" + offset;
            log.add(Orders.record(0, offset, id, delete ? null : Orders.order(id, company, "1.00")));
            if (delete) {
                model.remove(Integer.toString(id));
            } else {
                model.put(Integer.toString(id), company);
            }
        }

        try (StormProxy proxy = StormProxy.before(node.url(), seed)) {
            proxy.bad(45);
            int committed = 0;
            while (committed < log.size()) {
                SearchIndexSinkTask task = Orders.task(
                        Orders.config(proxy.url(), "search.bulk.records", "16", "search.patience", "1h"), context);
                committed = runUntilDropped(task, log, committed, random);
            }
            assertThat(proxy.seen.keySet()).containsExactlyInAnyOrder(StormProxy.Weather.values());
        }

        node.ask("POST", "/orders/_refresh", "");
        JsonNode hits = node.get("/orders/_search?size=1000").path("hits").path("hits");
        Map<String, String> index = new TreeMap<>();
        hits.forEach(hit ->
                index.put(hit.path("_id").asText(), hit.at("/_source/company").asText()));
        assertThat(index).isEqualTo(model);
        assertThat(context.reported).isEmpty();
    }

    /** Returns what is committed when the task is gone. */
    private static int runUntilDropped(SearchIndexSinkTask task, List<SinkRecord> log, int from, Random random) {
        int committed = from;
        int position = from;
        while (position < log.size()) {
            int end = Math.min(log.size(), position + 1 + random.nextInt(60));
            try {
                task.put(log.subList(position, end));
            } catch (RetriableException e) {
                if (random.nextInt(3) == 0) {
                    return committed;
                }
                continue;
            }
            position = end;
            if (random.nextBoolean()) {
                committed = position;
            }
            if (random.nextInt(6) == 0) {
                return committed;
            }
        }
        return position;
    }

    @Test
    void decimalsCanBeText() throws Exception {
        Orders.task(Orders.config(node.url(), "search.decimals", "string"), context)
                .put(List.of(Orders.record(0, 0, 1, Orders.order(1, "Alfreds", "12345678901234567.10"))));

        assertThat(node.get("/orders/_source/1").path("total").asText()).isEqualTo("12345678901234567.10");
        assertThat(node.find("orders", "total:%2212345678901234567.10%22")).containsExactly("1");
    }
}
