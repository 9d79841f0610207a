package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.millrace.api.RawStream;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.layers.TestExpression;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Drop;
import io.millrace.pipeline.step.Explode;
import io.millrace.pipeline.step.Filter;
import io.millrace.pipeline.step.Keep;
import io.millrace.pipeline.step.Parse;
import io.millrace.pipeline.step.ParsedRows;
import io.millrace.pipeline.step.Route;
import io.millrace.pipeline.step.SetFields;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.step.Validate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams over bytes: parsed, exploded, routed. */
class EventTopologyTest {
    private static final StreamName WEB = new StreamName("raw", "web");
    private static final StreamName CLICKS = new StreamName("cleaned", "clicks");
    private static final StreamName ERRORS = new StreamName("enriched", "errors");
    private static final String DEAD = "deadletter.web";

    @TempDir
    private Path stateDir;

    private TopologyFixture web;

    @AfterEach
    void everyRecordIsAccountedFor() {
        web.layers.counters().forEach((stream, counters) -> assertThat(
                        counters.in().sum() + counters.expanded().sum())
                .as(stream.toString())
                .isEqualTo(counters.out().sum()
                        + counters.deadLetters().sum()
                        + counters.dropped().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()));
        web.close();
    }

    @Test
    void aLineBecomesARowAndOneThatIsCutOffADeadLetter() {
        start(stream(CLICKS, WEB, List.of(combined(), new Keep("keep", List.of("ip", "status")))));

        line("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"");
        line("1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-");

        assertThat(payloads("cleaned.web.clicks")).containsExactly("{\"ip\":\"1.2.3.4\",\"status\":200}");
        TestRecord<byte[], byte[]> dead = web.take(DEAD).get(0);
        assertThat(TopologyFixture.text(dead.value())).endsWith("\"-\" \"-");
        assertThat(TopologyFixture.header(dead, "millrace.stage")).isEqualTo("cleaned.clicks.parse");
        assertThat(TopologyFixture.header(dead, "millrace.rule")).isEqualTo("parse");
        assertThat(TopologyFixture.header(dead, "millrace.error.code")).isEqualTo("parse.combined");
        assertThat(TopologyFixture.header(dead, "millrace.error.message"))
                .isEqualTo("column 69: the user agent does not end: its closing '\"' is missing");
        assertThat(TopologyFixture.header(dead, "log.file.path")).isEqualTo("/var/log/a.log");
    }

    @Test
    void theHeadersOfARawRecordAreThereForExpressions() {
        TestExpression path = TestExpression.of(
                "headers['log.file.path']", ScalarType.STRING, scope -> Objects.requireNonNull(scope.headers())
                        .lastWithName("log.file.path")
                        .value());
        start(stream(
                CLICKS,
                WEB,
                List.of(
                        json(),
                        new SetFields("set", List.of(new SetFields.Assignment("file", path))),
                        new Keep("keep", List.of("file")))));

        line("{\"a\":1}");

        assertThat(payloads("cleaned.web.clicks")).containsExactly("{\"file\":\"/var/log/a.log\"}");
    }

    @Test
    void anExplodedRecordIsCountedOnceInAndOncePerElement() {
        start(stream(
                CLICKS,
                WEB,
                List.of(
                        json(),
                        new Explode("explode", "items", "item", false),
                        new Filter("filter", Map.of("not_two", condition("item", item -> !item.equals(2L)))))));

        line("{\"items\":[1,2,3]}");
        line("{\"items\":[]}");
        line("{\"items\":null}");

        List<TestRecord<byte[], byte[]>> records = web.take("cleaned.web.clicks");
        assertThat(records)
                .extracting(record -> TopologyFixture.payload(record.value()))
                .containsExactly("{\"item\":1}", "{\"item\":3}");
        assertThat(records)
                .extracting(record -> TopologyFixture.header(record, "millrace.origin"))
                .containsOnly("raw.web.web-0@0");
        StreamCounters counters = web.counters(CLICKS);
        assertThat(counters.in().sum()).isEqualTo(3);
        assertThat(counters.expanded().sum()).isEqualTo(2);
        assertThat(counters.out().sum()).isEqualTo(2);
        assertThat(counters.deadLetters().sum()).isEqualTo(1);
        assertThat(counters.dropped()).containsExactly(entry("explode.empty", 1L), entry("not_two", 1L));
        assertThat(TopologyFixture.header(web.take(DEAD).get(0), "millrace.error.message"))
                .isEqualTo("'items' is of type string, not a list");
    }

    @Test
    void oneBadElementMakesOneDeadLetterAndNoRecord() {
        start(stream(
                CLICKS,
                WEB,
                List.of(
                        json(),
                        new Explode("explode", "items", "item", false),
                        new Validate("validate", Map.of("not_two", condition("item", item -> !item.equals(2L)))))));

        line("{\"items\":[1,2,3]}");

        assertThat(web.changes("cleaned.web.clicks")).isEmpty();
        TestRecord<byte[], byte[]> dead = web.take(DEAD).get(0);
        assertThat(TopologyFixture.text(dead.value())).isEqualTo("{\"items\":[1,2,3]}");
        assertThat(TopologyFixture.header(dead, "millrace.error.message"))
                .isEqualTo("element 2 of 3: the record does not satisfy 'item'");
        assertThat(web.counters(CLICKS).expanded().sum()).isZero();
    }

    @Test
    void aStreamReadsOneBranchAndTheTopicHoldsAll() {
        start(
                stream(CLICKS, WEB, List.of(json(), statuses())),
                branch(ERRORS, CLICKS, "errors", RawStream.Kind.EVENTS, List.of()));

        line("{\"status\":200}");
        line("{\"status\":503}");
        line("{\"status\":404}");

        List<TestRecord<byte[], byte[]>> all = web.take("cleaned.web.clicks");
        assertThat(all)
                .extracting(record -> TopologyFixture.header(record, "millrace.route"))
                .containsExactly(null, "errors", "lost");
        List<TestRecord<byte[], byte[]>> errors = web.take("enriched.web.errors");
        assertThat(errors)
                .extracting(record -> TopologyFixture.payload(record.value()))
                .containsExactly("{\"status\":503}");
        assertThat(TopologyFixture.header(errors.get(0), "millrace.route")).isNull();
        assertThat(TopologyFixture.header(errors.get(0), "millrace.origin")).isEqualTo("raw.web.web-0@1");
        assertThat(web.counters(ERRORS).in().sum()).isEqualTo(1);
    }

    @Test
    void aRowThatLeavesABranchIsDeletedForItsReaders() {
        start(
                table(CLICKS, WEB, List.of(json(), statuses())),
                branch(ERRORS, CLICKS, "errors", RawStream.Kind.TABLE, List.of(new Drop("drop", List.of("none")))));

        row("{\"id\":1}", "{\"status\":503}");
        row("{\"id\":2}", "{\"status\":200}");
        row("{\"id\":1}", "{\"status\":200}");
        row("{\"id\":1}", "{\"status\":500}");
        row("{\"id\":1}", null);

        assertThat(web.changes("enriched.web.errors"))
                .containsExactly(
                        "{\"id\":1}={\"status\":503}",
                        "{\"id\":1}=null",
                        "{\"id\":1}={\"status\":500}",
                        "{\"id\":1}=null");
    }

    @Test
    void anAggregateOverABranchRetractsARowThatLeavesIt() {
        StreamName counted = new StreamName("curated", "counted");
        Aggregate aggregate = new Aggregate(
                "aggregate",
                List.of(new Aggregate.Group("status", TestExpression.field("status", ScalarType.INT64))),
                List.of());
        start(
                table(CLICKS, WEB, List.of(json(), statuses())),
                branch(counted, CLICKS, "errors", RawStream.Kind.TABLE, List.of(aggregate)));

        row("{\"id\":1}", "{\"status\":503}");
        row("{\"id\":1}", "{\"status\":200}");

        assertThat(web.changes("curated.web.counted"))
                .containsExactly("{\"status\":503}={\"status\":503}", "{\"status\":503}=null");
    }

    private void start(StreamPlan... streams) {
        RawStreamPlan raw = new RawStreamPlan(WEB, "raw.web.web", "web", streams[0].kind(), RawStream.Format.BYTES);
        web = new TopologyFixture(
                new PipelinePlan("web", "p.yaml", List.of(raw), List.of(streams), List.of(), List.of(), DEAD),
                stateDir);
    }

    private List<String> payloads(String topic) {
        return web.take(topic).stream()
                .map(record -> TopologyFixture.payload(record.value()))
                .toList();
    }

    private void line(String text) {
        web.send(
                "raw.web.web",
                null,
                text.getBytes(StandardCharsets.UTF_8),
                new RecordHeaders().add("log.file.path", "/var/log/a.log".getBytes(StandardCharsets.UTF_8)));
    }

    private void row(String key, String value) {
        web.send(
                "raw.web.web",
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    private static StreamPlan stream(StreamName name, StreamName from, List<Step> steps) {
        return plan(name, from, steps, RawStream.Kind.EVENTS, Optional.empty());
    }

    private static StreamPlan table(StreamName name, StreamName from, List<Step> steps) {
        return plan(name, from, steps, RawStream.Kind.TABLE, Optional.empty());
    }

    private static StreamPlan branch(
            StreamName name, StreamName from, String branch, RawStream.Kind kind, List<Step> steps) {
        return plan(name, from, steps, kind, Optional.of(branch));
    }

    private static StreamPlan plan(
            StreamName name, StreamName from, List<Step> steps, RawStream.Kind kind, Optional<String> branch) {
        return new StreamPlan(
                name, name.topic("web"), kind, from, List.of(), steps, Optional.empty(), RowType.ANY, branch);
    }

    private static Parse combined() {
        return new Parse(
                "parse", Parse.Format.COMBINED, Optional.empty(), ParsedRows.COMBINED, Parse.Settings.STANDARD);
    }

    private static Parse json() {
        return new Parse("parse", Parse.Format.JSON, Optional.empty(), RowType.ANY, Parse.Settings.STANDARD);
    }

    private static Route statuses() {
        Map<String, io.millrace.expression.Expression> branches = new LinkedHashMap<>();
        branches.put("errors", condition("status", status -> (long) status >= 500));
        branches.put("lost", condition("status", status -> (long) status >= 400));
        return new Route("route", branches);
    }

    private static TestExpression condition(String field, java.util.function.Predicate<Object> condition) {
        return TestExpression.condition(field, scope -> condition.test(TestExpression.read(scope.value(), field)));
    }
}
