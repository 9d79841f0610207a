package io.millrace.connectors.search;

import static io.millrace.connectors.search.ScriptedServer.item;
import static io.millrace.connectors.search.ScriptedServer.items;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The task and its writer before a server that answers by a script. */
class BulkWriterTest {
    private final FakeContext context = new FakeContext(true);
    private ScriptedServer server;

    @BeforeEach
    void start() throws Exception {
        server = ScriptedServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private SearchIndexSinkTask task(String... more) {
        return Orders.task(Orders.config(server.url(), more), context);
    }

    private static Collection<SinkRecord> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Orders.record(0, i, i, Orders.order(i, "c", "1.00")))
                .toList();
    }

    @Test
    void onlyWhatFailedIsSentAgainAndAConflictIsNoFailure() {
        server.then(
                200,
                items(
                        item(200, "", ""),
                        item(429, "rejected_execution_exception", "queue full"),
                        item(409, "version_conflict_engine_exception", "current version [9]"),
                        item(503, "unavailable_shards_exception", "primary shard is not active")));

        task().put(records(4));

        assertThat(server.bulks).containsExactly(4, 2);
        assertThat(context.reported).isEmpty();
    }

    @Test
    void bulksAreHalvedWhileTheServerIsOverloadedAndGrowAgain() {
        server.then(429, "").then(503, "");

        task("search.bulk.records", "8").put(records(20));

        assertThat(server.bulks).containsExactly(8, 4, 2, 2, 4, 5, 6, 1);
    }

    @Test
    void aBulkThatIsTooLargeIsDividedDownToTheRecordThatIs() {
        server.tooLargeAbove(0);

        task().put(records(2));

        assertThat(server.bulks).containsExactly(2, 1, 1);
        assertThat(Orders.reasons(context))
                .hasSize(2)
                .allSatisfy(
                        reason -> assertThat(reason)
                                .matches(
                                        "The index 'orders' refuses the document: [0-9]+ bytes are more than the server takes in one request\\. Raise"
                                                + " 'http\\.max_content_length' of the server, or drop large fields in an earlier layer\\."));
    }

    @Test
    void refusalsSayWhyWithoutTheValue() {
        server.then(
                200,
                items(
                        item(
                                400,
                                "strict_dynamic_mapping_exception",
                                "mapping set to strict, dynamic introduction of [zip] within [_doc] is not allowed"),
                        item(
                                400,
                                "mapper_parsing_exception",
                                "failed to parse field [total] of type [double] in document with id '7'. Preview of field's value:"
                                        + " 'secret'"),
                        item(400, "illegal_argument_exception", "Limit of total fields [1000] has been exceeded")));

        task().put(records(3));

        assertThat(Orders.reasons(context))
                .containsExactly(
                        "The index 'orders' refuses the document: strict_dynamic_mapping_exception: mapping set to strict, dynamic"
                                + " introduction of [zip] within [_doc] is not allowed. Add the field to the mapping of the index, or"
                                + " drop it in an earlier layer; then replay.",
                        "The index 'orders' refuses the document: mapper_parsing_exception: failed to parse field [total] of type"
                                + " [double]. Cast the field to the type that the index has, in an earlier layer, or write to an index"
                                + " that has it as another type; then replay.",
                        "The index 'orders' refuses the document: illegal_argument_exception: Limit of total fields [1000] has been"
                                + " exceeded. Raise 'index.mapping.total_fields.limit' of the index, or drop fields in an earlier"
                                + " layer; then replay.");
    }

    @Test
    void nothingIsReportedBeforeAllOfThePutIsThrough() {
        server.then(200, items(item(400, "mapper_parsing_exception", "no"), item(429, "r", "full")));
        for (int i = 0; i < 1000; i++) {
            server.then(503, "");
        }

        assertThatThrownBy(() -> task().put(records(2)))
                .isInstanceOf(RetriableException.class)
                .hasMessage("Operations from enriched.shop.orders-0@1 on are not written: " + server.url()
                        + " answers with HTTP status 503: no reason given.");
        assertThat(context.reported).isEmpty();
    }

    @Test
    void patienceHasAnEnd() {
        for (int i = 0; i < 10_000; i++) {
            server.then(503, "");
        }
        SearchIndexSinkTask task = task("search.patience", "20s");

        assertThatThrownBy(() -> {
                    while (true) {
                        try {
                            task.put(records(1));
                        } catch (RetriableException e) {
                            continue;
                        }
                    }
                })
                .isInstanceOf(ConnectException.class)
                .hasMessageMatching("Operations from enriched\\.shop\\.orders-0@0 on are not written: " + server.url()
                        + " answers with HTTP status 503: no reason given\\. It fails for [0-9]+ seconds\\.");
    }

    @Test
    void credentialsThatAreRefusedStopTheTask() {
        server.then(401, "{\"error\":{\"type\":\"security_exception\",\"reason\":\"missing authentication\"}}");

        assertThatThrownBy(
                        () -> task("search.user", "u", "search.password", "p").put(records(1)))
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessage(server.url()
                        + " answers with HTTP status 401: security_exception: missing authentication. Correct the"
                        + " credentials, or allow their owner to write to the index.");
        assertThat(server.authorization).isEqualTo("Basic dTpw");
    }

    @Test
    void anIndexThatTakesNoDocumentAtAllStopsTheTaskAndSetsNothingAside() {
        server.then(
                200,
                items(item(
                        400,
                        "illegal_argument_exception",
                        "only write ops with an op_type of create are allowed in data streams")));

        assertThatThrownBy(() -> task().put(records(1)))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "The index 'orders' takes no documents with an id and a version: illegal_argument_exception: only write ops"
                                + " with an op_type of create are allowed in data streams. Write to an open index, or to an alias with one"
                                + " index to write to; data streams cannot be written.");
        assertThat(context.reported).isEmpty();
    }

    @Test
    void anotherNodeIsAskedWhenOneDoesNotAnswer() {
        Orders.task(Orders.config("http://127.0.0.1:1," + server.url(), "search.api.key", "a2V5"), context)
                .put(records(1));

        assertThat(server.bulks).containsExactly(1);
        assertThat(server.authorization).isEqualTo("ApiKey a2V5");
    }

    @Test
    void anAnswerForFewerOperationsIsNoAnswer() {
        server.then(200, items(item(200, "", "")));

        task().put(records(2));

        assertThat(server.bulks).isEqualTo(List.of(2, 2));
    }
}
