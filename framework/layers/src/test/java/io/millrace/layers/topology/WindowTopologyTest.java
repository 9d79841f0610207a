package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.millrace.layers.YamlPlans;
import io.millrace.layers.record.RowCodec;
import io.millrace.pipeline.model.StreamName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline's windows as a user writes them: what is written where, and what is counted. */
class WindowTopologyTest {
    private static final String RAW = "raw.iot.readings";
    private static final String MINUTES = "curated.iot.minutes";
    private static final String YAML = """
            pipeline: iot
            sources: {iot: {class: example.Source, streams: {readings: events, zones: table}}}
            contracts:
              Reading: {fields: {device: string!, at: timestamp, celsius: double, n: int64, seen: date}}
              Zone: {key: [device, window_start], fields: {device: string!, window_start: timestamp!, readings: int64, hottest: double}}
            streams:
              cleaned.readings: {from: raw.readings, contract: Reading}
              curated.minutes:
                from: cleaned.readings
                steps:
                  - window: {tumbling: 1m, by: [value.device], time: value.at, grace: 1m, emit: changes}
                    aggregate: {readings: count(), hottest: max(value.celsius), mean: avg(value.n), total: sum(value.n)}
              curated.alerts:
                from: curated.minutes
                steps: [{filter: {hot: value.hottest > 30.0}}]
              curated.visits:
                from: cleaned.readings
                steps:
                  - filter: {known: value.device != 'ghost'}
                  - window: {session: 30s, time: value.at, grace: 1m}
                    aggregate: {by: {who: value.device}, first: first(value.celsius), last: last(value.celsius), days: min(value.seen)}
              curated.once:
                from: cleaned.readings
                steps:
                  - window: {hopping: 1m, every: 30s, by: [], time: value.at, emit: final, idle: 2m}
                    aggregate: {devices: count_distinct(value.device)}
              curated.running:
                from: cleaned.readings
                steps: [{aggregate: {by: [value.device], readings: count(), known: count(value.celsius), last: last(value.celsius)}}, {filter: {many: value.readings > 1}}]
              curated.days:
                from: curated.running
                steps: [{aggregate: {by: {kind: value.device.size()}, devices: count(), least: min(value.readings), different: count_distinct(value.readings)}}]
              curated.zones:
                from: raw.zones
                contract: Zone
                steps:
                  - lookup: {table: curated.minutes, on: [value.device, value.window_start], as: minute}
                  - set: {readings: value.minute.readings, hottest: value.minute.hottest}
                  - drop: [minute]
            sinks: {}
            """;
    private static final Schema READING = SchemaBuilder.struct()
            .field("device", Schema.STRING_SCHEMA)
            .field(
                    "at",
                    SchemaBuilder.int64()
                            .name("io.debezium.time.MicroTimestamp")
                            .version(1)
                            .optional()
                            .build())
            .field("celsius", Schema.OPTIONAL_FLOAT64_SCHEMA)
            .field("n", Schema.OPTIONAL_INT64_SCHEMA)
            .field(
                    "seen",
                    org.apache.kafka.connect.data.Date.builder().optional().build())
            .build();
    private static final Instant NOON = Instant.parse("2020-07-12T12:00:00Z");

    private final RowCodec codec = new RowCodec();
    private final List<byte[]> sent = new ArrayList<>();

    @TempDir
    Path stateDir;

    private TopologyFixture iot;

    @BeforeEach
    void start() {
        iot = new TopologyFixture(YamlPlans.plan(YAML), stateDir.resolve("first"));
    }

    @AfterEach
    void everyRecordIsAccountedFor() {
        iot.layers.counters().forEach((stream, counters) -> assertThat(
                        counters.in().sum())
                .as(stream.toString())
                .isEqualTo(counters.out().sum()
                        + counters.deadLetters().sum()
                        + counters.dropped().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()));
        iot.close();
    }

    @Test
    void aTumblingWindowIsARowOfItsGroupThatChanges() {
        reading("a", 10, 20.5, 1L);
        reading("a", 70, 21.0, 2L);
        reading("a", 59, null, 2L);
        reading("b", 0, 35.0, null);

        assertThat(iot.changes(MINUTES))
                .containsExactly(
                        minute("a", 0, "1,\"hottest\":20.5,\"mean\":1.000000,\"total\":1"),
                        minute("a", 1, "1,\"hottest\":21.0,\"mean\":2.000000,\"total\":2"),
                        minute("a", 0, "2,\"hottest\":20.5,\"mean\":1.500000,\"total\":3"),
                        minute("b", 0, "1,\"hottest\":35.0,\"mean\":null,\"total\":null"));
        assertThat(iot.state("curated.iot.alerts")).hasSize(1).containsKey(minuteKey("b", 0));
    }

    @Test
    void aLateRecordGoesToTheLateTopicAsItCameWithTheWindowItMissed() {
        reading("a", 0, 20.0, 1L);
        reading("b", 600, 20.0, 1L);
        reading("a", 119, 20.0, 1L);
        reading("a", 30, 20.0, 1L);
        reading("a", 125, 20.0, 1L);
        iot.take(MINUTES);
        reading("a", 31, 99.0, 1L);

        assertThat(iot.take(MINUTES)).isEmpty();
        List<TestRecord<byte[], byte[]>> late = iot.take("late.iot.curated.minutes");
        assertThat(late).hasSize(1);
        TestRecord<byte[], byte[]> record = late.get(0);
        assertThat(TopologyFixture.payload(record.value())).contains("\"device\":\"a\"", "\"celsius\":99.0");
        assertThat(TopologyFixture.header(record, "millrace.origin")).isEqualTo("raw.iot.readings-0@5");
        assertThat(TopologyFixture.header(record, "millrace.pipeline")).isEqualTo("iot");
        assertThat(TopologyFixture.header(record, "millrace.late.window_start")).isEqualTo("2020-07-12T12:00:00Z");
        assertThat(TopologyFixture.header(record, "millrace.late.window_end")).isEqualTo("2020-07-12T12:01:00Z");
        assertThat(TopologyFixture.header(record, "millrace.late.by")).isEqualTo("PT5S");
        assertThat(record.timestamp()).isEqualTo(TopologyFixture.ARRIVAL.toEpochMilli());
        assertThat(counters("minutes").dropped()).containsExactly(entry("late", 1L));
    }

    @Test
    void aRecordWithoutEventTimeIsADeadLetterOfRuleWindow() {
        iot.send(RAW, null, codec.write(READING, row("a", 0, 1.0, 1L).put("at", null)));

        List<TestRecord<byte[], byte[]>> dead = iot.take("deadletter.iot");
        assertThat(dead)
                .extracting(letter -> TopologyFixture.header(letter, "millrace.stage") + " "
                        + TopologyFixture.header(letter, "millrace.rule") + " "
                        + TopologyFixture.header(letter, "millrace.error.code") + ": "
                        + TopologyFixture.header(letter, "millrace.error.message"))
                .containsOnly(
                        "curated.minutes.aggregate window layers.event-time: 'value.at' is null, and puts the record into its window",
                        "curated.visits.aggregate window layers.event-time: 'value.at' is null, and puts the record into its window",
                        "curated.once.aggregate window layers.event-time: 'value.at' is null, and puts the record into its window");
        assertThat(TopologyFixture.payload(dead.get(0).value())).contains("\"device\":\"a\"");
    }

    @Test
    void sessionsMergeAndTheRowOfTheOneThatIsTakenInIsDeleted() {
        reading("ghost", 5, 1.0, 1L);
        reading("a", 60, 2.0, 1L);
        reading("a", 0, 1.0, 1L);
        assertThat(iot.state("curated.iot.visits")).hasSize(2);

        reading("a", 30, 9.0, 1L);

        assertThat(iot.changes("curated.iot.visits"))
                .containsExactly(
                        key("who", "a", 60) + "=null",
                        key("who", "a", 0) + "={\"who\":\"a\",\"window_start\":" + micros(0) + ",\"window_end\":"
                                + micros(60) + ",\"first\":1.0,\"last\":2.0,\"days\":18455}");
    }

    @Test
    void aFinalWindowIsWrittenOnceWhenItClosesOrWhenItsGroupIsSilent() {
        reading("a", 0, 1.0, 1L);
        reading("b", 20, 1.0, 1L);
        reading("a", 31, 1.0, 1L);
        assertThat(iot.changes("curated.iot.once")).containsExactly(hop(-30, 2));
        reading("a", 95, 1.0, 1L);
        assertThat(iot.changes("curated.iot.once")).containsExactly(hop(0, 2), hop(30, 1));

        iot.pass(Duration.ofMinutes(1));
        assertThat(iot.changes("curated.iot.once")).isEmpty();
        iot.pass(Duration.ofMinutes(2));
        assertThat(iot.changes("curated.iot.once")).containsExactly(hop(60, 1), hop(90, 1));
        iot.pass(Duration.ofMinutes(10));
        assertThat(iot.changes("curated.iot.once")).isEmpty();
    }

    @Test
    void anAggregateOfEventsWithoutAWindowRunsOnAndCanBeAggregatedAsATable() {
        reading("a", 0, 1.0, 1L);
        reading("a", 10, null, 1L);
        reading("b", 10, 3.0, 1L);
        reading("b", 0, 4.0, 1L);
        reading("b", 0, 5.0, 1L);

        assertThat(iot.changes("curated.iot.running"))
                .containsExactly(
                        "{\"device\":\"a\"}={\"device\":\"a\",\"readings\":2,\"known\":1,\"last\":1.0}",
                        "{\"device\":\"b\"}={\"device\":\"b\",\"readings\":2,\"known\":2,\"last\":4.0}",
                        "{\"device\":\"b\"}={\"device\":\"b\",\"readings\":3,\"known\":3,\"last\":5.0}");
        assertThat(counters("running").dropped()).containsExactly(entry("many", 2L));
        assertThat(iot.state("curated.iot.days"))
                .containsOnly(entry("{\"kind\":1}", "{\"kind\":1,\"devices\":2,\"least\":2,\"different\":2}"));
    }

    @Test
    void aWindowIsLookedUpByItsKey() {
        Schema zone = SchemaBuilder.struct()
                .field("device", Schema.STRING_SCHEMA)
                .field("window_start", READING.field("at").schema())
                .build();
        iot.send(
                "raw.iot.zones",
                minuteKey("a", 1).getBytes(StandardCharsets.UTF_8),
                codec.write(zone, new Struct(zone).put("device", "a").put("window_start", micros(60))));
        reading("a", 65, 7.0, 1L);
        reading("a", 66, 8.0, 1L);

        assertThat(iot.state("curated.iot.zones"))
                .containsOnly(entry(
                        minuteKey("a", 1),
                        "{\"device\":\"a\",\"window_start\":" + micros(60) + ",\"readings\":2,\"hottest\":8.0}"));
    }

    @Test
    void theSameRawTopicGivesTheSameTablesAgain() {
        Random random = new Random(3);
        for (int i = 0; i < 120; i++) {
            reading(
                    "d" + random.nextInt(3),
                    i * 5 - random.nextInt(4) * random.nextInt(60),
                    random.nextInt(10) == 0 ? null : (double) random.nextInt(60),
                    (long) random.nextInt(9));
        }
        iot.pass(Duration.ofMinutes(10));
        long rows = iot.state(MINUTES).values().stream()
                .mapToLong(row -> Long.parseLong(row.replaceAll(".*\"readings\":(\\d+),.*", "$1")))
                .sum();
        long late = iot.take("late.iot.curated.minutes").size();
        assertThat(late).isPositive();
        assertThat(rows + late).isEqualTo(120);

        try (TopologyFixture again = new TopologyFixture(YamlPlans.plan(YAML), stateDir.resolve("again"))) {
            for (int i = 0; i < sent.size(); i++) {
                again.send(RAW, null, sent.get(i));
                if (i % 40 == 0) {
                    again.pass(Duration.ofMinutes(3));
                }
            }
            again.pass(Duration.ofMinutes(10));
            for (String stream : List.of("minutes", "alerts", "visits", "once", "running", "days")) {
                assertThat(again.state("curated.iot." + stream))
                        .as(stream)
                        .isNotEmpty()
                        .isEqualTo(iot.state("curated.iot." + stream));
            }
        }
    }

    private StreamCounters counters(String stream) {
        return iot.counters(new StreamName("curated", stream));
    }

    /** Seconds from noon. */
    private void reading(String device, int second, Double celsius, Long n) {
        byte[] value = codec.write(READING, row(device, second, celsius, n));
        sent.add(value);
        iot.send(RAW, null, value);
    }

    private static Struct row(String device, int second, Double celsius, Long n) {
        return new Struct(READING)
                .put("device", device)
                .put("at", micros(second))
                .put("celsius", celsius)
                .put("n", n)
                .put("seen", java.util.Date.from(NOON.truncatedTo(ChronoUnit.DAYS)));
    }

    private static long micros(int second) {
        return NOON.plusSeconds(second).toEpochMilli() * 1_000;
    }

    private static String key(String field, String value, int second) {
        return "{\"" + field + "\":\"" + value + "\",\"window_start\":" + micros(second) + "}";
    }

    private static String minuteKey(String device, int minute) {
        return key("device", device, 60 * minute);
    }

    private static String minute(String device, int minute, String readings) {
        return minuteKey(device, minute) + "={\"device\":\"" + device + "\",\"window_start\":" + micros(60 * minute)
                + ",\"window_end\":" + micros(60 * minute + 60) + ",\"readings\":" + readings + "}";
    }

    private static String hop(int second, int devices) {
        return "{\"window_start\":" + micros(second) + "}={\"window_start\":" + micros(second) + ",\"window_end\":"
                + micros(second + 60) + ",\"devices\":" + devices + "}";
    }
}
