package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.millrace.layers.record.RowCodec;
import io.millrace.pipeline.model.StreamName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, dedupe, tables and lookups of events. */
class EventStreamsTest {
    private static final String BEFORE = """
            pipeline: iot
            sources:
              plain: {class: x.Source, config: {}, streams: {readings: events, devices: table}}
            contracts:
              Reading: {key: device, fields: {device: string!, n: int64, celsius: double}}
              Device: {key: id, fields: {id: string!, room: string}}
            sinks: {}
            streams:
              cleaned.devices: {from: raw.devices, contract: Device}
            """;
    private static final String RAW = "raw.iot.readings";
    private static final String OUT = "cleaned.iot.readings";
    private static final StreamName READINGS = new StreamName("cleaned", "readings");

    @TempDir
    private Path folder;

    private TopologyFixture iot;

    private void start(String... streams) {
        StringBuilder yaml = new StringBuilder(BEFORE);
        for (String stream : streams) {
            yaml.append("  ").append(stream).append('\n');
        }
        iot = new TopologyFixture(YamlPlan.of(yaml.toString()), folder);
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

    private void reading(String device, long n, Instant arrival) {
        iot.send(RAW, null, EventRows.reading(device, n, 20.5), new RecordHeaders(), arrival);
    }

    private void reading(String device, long n) {
        reading(device, n, TopologyFixture.ARRIVAL);
    }

    private void device(String id, String room) {
        iot.send("raw.iot.devices", EventRows.deviceKey(id), room == null ? null : EventRows.device(id, room));
    }

    private static String row(String device, long n) {
        return "{\"device\":\"" + device + "\"}={\"device\":\"" + device + "\",\"n\":" + n + ",\"celsius\":20.5}";
    }

    @Test
    void eventsGetTheKeyOfTheirContract() {
        start("cleaned.readings: {from: raw.readings, contract: Reading}");

        reading("d1", 1);

        assertThat(iot.changes(OUT)).containsExactly(row("d1", 1));
    }

    @Test
    void anEventWithoutItsKeyIsADeadLetter() {
        start(
                "cleaned.readings: {from: raw.readings, contract: Reading}",
                "cleaned.more: {from: raw.readings, steps: [{keep: [device, n]}, {key: [n, device]}]}");

        iot.send(RAW, "former".getBytes(), EventRows.reading(null, 1L, 20.5));

        List<TestRecord<byte[], byte[]>> dead = iot.take("deadletter.iot");
        assertThat(dead)
                .extracting(record -> TopologyFixture.header(record, "millrace.stage") + " "
                        + TopologyFixture.header(record, "millrace.rule") + ": "
                        + TopologyFixture.header(record, "millrace.error.message"))
                .containsExactlyInAnyOrder(
                        "cleaned.readings.contract contract: required field 'device' is null",
                        "cleaned.more.key key: 'device', which is in the key, is null");
        assertThat(dead).allSatisfy(record -> assertThat(record.key()).isEqualTo("former".getBytes()));
        assertThat(iot.take(OUT)).isEmpty();
    }

    @Test
    void whatHasNoPlaceInAKeyIsADeadLetterAlsoAfterDedupe() {
        start(
                "cleaned.readings: {from: raw.readings, steps: [{dedupe: {by: value, within: 1h}}, {dedupe: {by: value.tags, within: 1h}}, {key: tags}]}");
        Schema schema = SchemaBuilder.struct()
                .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
                .build();
        byte[] tagged = new RowCodec().write(schema, new Struct(schema).put("tags", List.of("a")));

        iot.send(RAW, null, tagged);
        iot.send(RAW, null, tagged);

        List<TestRecord<byte[], byte[]>> dead = iot.take("deadletter.iot");
        assertThat(dead).hasSize(1);
        assertThat(TopologyFixture.header(dead.get(0), "millrace.error.message"))
                .isEqualTo("'tags' of a key cannot hold a list, a map or a row");
        assertThat(iot.counters(READINGS).dropped()).containsExactly(entry("dedupe", 1L));
    }

    @Test
    void laterStreamsSeeTheKey() {
        start(
                "cleaned.readings: {from: raw.readings, contract: Reading}",
                "enriched.readings: {from: cleaned.readings, steps: [{set: {of: \"'device ' + key.device\"}}, {keep: [of]}]}");

        reading("d1", 1);

        assertThat(iot.changes("enriched.iot.readings")).containsExactly("{\"device\":\"d1\"}={\"of\":\"device d1\"}");
    }

    @Test
    void anEventSeenWithinTheTimeIsDroppedAndCountedWhicheverIsReadFirst() {
        start(
                "cleaned.readings: {from: raw.readings, contract: Reading, steps: [{dedupe: {by: [value.device, value.n], within: 1h}}]}");
        Instant noon = TopologyFixture.ARRIVAL;

        reading("d1", 1, noon);
        reading("d1", 1, noon.plusSeconds(3599));
        reading("d1", 1, noon.minusSeconds(3599));
        reading("d1", 2, noon);
        reading("d2", 1, noon);
        reading("d1", 1, noon.plusSeconds(3600));
        reading("d1", 1, noon.plusSeconds(3601));

        assertThat(iot.changes(OUT)).containsExactly(row("d1", 1), row("d1", 2), row("d2", 1), row("d1", 1));
        assertThat(iot.counters(READINGS).dropped()).containsExactly(entry("dedupe", 3L));
    }

    @Test
    void theFirstKeepsItsOriginHeadersAndTime() {
        start(
                "cleaned.readings: {from: raw.readings, contract: Reading, steps: [{dedupe: {by: value.n, within: 1h}}]}");
        RecordHeaders headers = new RecordHeaders();
        headers.add("traceparent", "00-abc".getBytes());
        Instant later = TopologyFixture.ARRIVAL.plusSeconds(7);
        iot.send(RAW, null, EventRows.reading("d1", 1L, 20.5), headers, later);
        reading("d1", 1, later.plusSeconds(1));

        List<TestRecord<byte[], byte[]>> out = iot.take(OUT);

        assertThat(out).hasSize(1);
        assertThat(TopologyFixture.header(out.get(0), "millrace.origin")).isEqualTo("raw.iot.readings-0@0");
        assertThat(TopologyFixture.header(out.get(0), "traceparent")).isEqualTo("00-abc");
        assertThat(out.get(0).timestamp()).isEqualTo(later.toEpochMilli());
    }

    @Test
    void nullsAreTheSameAndSoAreWholeValues() {
        start(
                "cleaned.readings: {from: raw.readings, steps: [{keep: [device, n, celsius]}, {dedupe: {by: value.device, within: 1h}}]}",
                "cleaned.whole: {from: raw.readings, steps: [{keep: [device, n, celsius]}, {dedupe: {within: 1h}}]}");

        iot.send(RAW, null, EventRows.reading(null, 1L, 20.5));
        iot.send(RAW, null, EventRows.reading(null, 2L, 20.5));
        iot.send(RAW, null, EventRows.reading(null, 2L, 20.5));

        assertThat(iot.take(OUT))
                .extracting(record -> TopologyFixture.payload(record.value()))
                .containsExactly("{\"device\":null,\"n\":1,\"celsius\":20.5}");
        assertThat(iot.take("cleaned.iot.whole")).hasSize(2);
    }

    @Test
    void anIdentityThatCannotBeEvaluatedIsADeadLetter() {
        start(
                "cleaned.readings: {from: raw.readings, contract: Reading, steps: [{dedupe: {by: 10 / value.n, within: 1h}}]}");

        reading("d1", 0);

        List<TestRecord<byte[], byte[]>> dead = iot.take("deadletter.iot");
        assertThat(dead).hasSize(1);
        assertThat(TopologyFixture.header(dead.get(0), "millrace.stage")).isEqualTo("cleaned.readings.dedupe");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.error.message"))
                .isEqualTo("a division by zero has no result.");
    }

    @Test
    void eventsMoveOnceForTheKeyThatIsPartOfTheirIdentity() {
        start(
                "cleaned.readings: {from: raw.readings, contract: Reading, steps: [{dedupe: {by: [value.device, value.n], within: 1h}}]}",
                "enriched.readings: {from: cleaned.readings, steps: [{dedupe: {by: value.device, within: 1h}}]}",
                "enriched.last: {from: cleaned.readings, table: {key: device}}",
                "enriched.numbers: {from: cleaned.readings, steps: [{dedupe: {by: value.n, within: 1h}}]}");

        assertThat(repartitions())
                .containsExactlyInAnyOrder(
                        "cleaned.readings.dedupe-repartition", "enriched.numbers.dedupe-repartition");
    }

    @Test
    void wholeValuesMeetThoughTheyLostTheirKey() {
        start(
                "cleaned.readings: {from: raw.readings, contract: Reading}",
                "enriched.first: {from: cleaned.readings, table: {key: device}}",
                "enriched.numbers: {from: cleaned.readings, steps: [{dedupe: {by: value.device, within: 1h}}, {keep: [n]}, {dedupe: {within: 1h}}]}");

        assertThat(repartitions())
                .containsExactlyInAnyOrder(
                        "enriched.first.table-repartition",
                        "enriched.numbers.dedupe-repartition",
                        "enriched.numbers.dedupe-2-repartition");
        reading("d1", 1);
        reading("d2", 1);
        assertThat(iot.take("enriched.iot.numbers")).hasSize(1);
    }

    private List<String> repartitions() {
        List<String> topics = new ArrayList<>();
        iot.topology.describe().subtopologies().forEach(part -> part.nodes().forEach(node -> {
            if (node instanceof org.apache.kafka.streams.TopologyDescription.Source source) {
                source.topicSet().stream()
                        .filter(topic -> topic.endsWith("-repartition"))
                        .forEach(topics::add);
            }
        }));
        return topics;
    }

    /** Three partitions' worth of arrivals, read in any order within the time that is kept. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noTwoOfAnIdentityPassWithinTheTimeAndNoneIsLost(long seed) {
        start(
                "cleaned.readings: {from: raw.readings, contract: Reading, steps: [{dedupe: {by: [value.device, value.n], within: 10m}}]}");
        Random random = new Random(seed);
        Map<String, List<Long>> passed = new LinkedHashMap<>();
        List<String> expected = new ArrayList<>();
        long[] clocks = new long[3];
        for (int i = 0; i < 600; i++) {
            int partition = random.nextInt(clocks.length);
            clocks[partition] =
                    Math.max(clocks[partition], clocks[random.nextInt(3)] - 1_800_000) + random.nextInt(60_000);
            String device = "d" + random.nextInt(4);
            long n = random.nextInt(5);
            long arrival = clocks[partition];
            List<Long> before = passed.computeIfAbsent(device + n, key -> new ArrayList<>());
            if (before.stream().allMatch(other -> Math.abs(other - arrival) >= 600_000)) {
                before.add(arrival);
                expected.add(row(device, n));
            }
            reading(device, n, Instant.ofEpochMilli(arrival));
        }

        assertThat(iot.changes(OUT)).isEqualTo(expected);
        assertThat(iot.counters(READINGS).dropped()).containsExactly(entry("dedupe", 600L - expected.size()));
    }

    @Test
    void aTableOfEventsHasTheLastOfEachKey() {
        start("cleaned.readings: {from: raw.readings, contract: Reading, table: {key: device}}");

        reading("d1", 1);
        reading("d2", 1);
        reading("d1", 2);
        reading("d1", 2);

        assertThat(iot.changes(OUT)).containsExactly(row("d1", 1), row("d2", 1), row("d1", 2));
        assertThat(iot.counters(READINGS).dropped()).containsExactly(entry("unchanged", 1L));
    }

    private static String lookup(String missing) {
        return "cleaned.readings: {from: raw.readings, contract: Reading}\n"
                + "  enriched.readings: {from: cleaned.readings, steps: [{lookup: {table: cleaned.devices, on: value.device, as: at"
                + missing + "}}, {set: {room: value.at.room}}, {keep: [n, room]}]}";
    }

    private static String found(String device, long n, String room) {
        return "{\"device\":\"" + device + "\"}={\"n\":" + n + ",\"room\":"
                + (room == null ? "null" : "\"" + room + "\"") + "}";
    }

    @Test
    void aLookupGivesTheRowOfThatMoment() {
        start(lookup(""));
        device("d1", "attic");

        reading("d1", 1);
        reading("d2", 2);
        device("d1", "cellar");
        reading("d1", 3);
        device("d1", null);
        reading("d1", 4);

        assertThat(iot.changes("enriched.iot.readings"))
                .containsExactly(
                        found("d1", 1, "attic"), found("d2", 2, null), found("d1", 3, "cellar"), found("d1", 4, null));
    }

    @Test
    void whatFindsNoRowIsADeadLetterWhereThatIsSaid() {
        start(lookup(", missing: dead_letter"));

        reading("d2", 2);

        List<TestRecord<byte[], byte[]>> dead = iot.take("deadletter.iot");
        assertThat(dead).hasSize(1);
        assertThat(TopologyFixture.header(dead.get(0), "millrace.stage")).isEqualTo("enriched.readings.lookup");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.rule")).isEqualTo("lookup");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.error.code")).isEqualTo("lookup.missing");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.error.message"))
                .isEqualTo("no row of cleaned.devices has the key that 'on' gives");
        assertThat(TopologyFixture.header(dead.get(0), "millrace.origin")).isEqualTo("raw.iot.readings-0@0");
        assertThat(TopologyFixture.text(dead.get(0).key())).isEqualTo("{\"device\":\"d2\"}");
        assertThat(TopologyFixture.payload(dead.get(0).value()))
                .isEqualTo("{\"device\":\"d2\",\"n\":2,\"celsius\":20.5}");
    }

    @Test
    void whatWaitsLeavesInItsOrderWhenTheRowComes() {
        start(lookup(", missing: wait 30s"));
        StreamName enriched = new StreamName("enriched", "readings");

        reading("d1", 1, TopologyFixture.ARRIVAL.plusSeconds(5));
        reading("d2", 2);
        reading("d1", 3);
        assertThat(iot.changes("enriched.iot.readings")).isEmpty();
        assertThat(iot.counters(enriched).held().sum()).isEqualTo(3);
        device("d1", "attic");

        List<TestRecord<byte[], byte[]>> out = iot.take("enriched.iot.readings");
        assertThat(out)
                .extracting(
                        record -> TopologyFixture.text(record.key()) + "=" + TopologyFixture.payload(record.value()))
                .containsExactly(found("d1", 1, "attic"), found("d1", 3, "attic"));
        assertThat(out.get(0).timestamp())
                .isEqualTo(TopologyFixture.ARRIVAL.plusSeconds(5).toEpochMilli());
        assertThat(TopologyFixture.header(out.get(1), "millrace.origin")).isEqualTo("raw.iot.readings-0@2");
        assertThat(iot.counters(enriched).held().sum()).isEqualTo(1);
    }

    @Test
    void whatWaitedInVainIsADeadLetterOrGoesOn() {
        start(
                lookup(", missing: wait 30s"),
                "enriched.kept: {from: cleaned.readings, steps: [{lookup: {table: cleaned.devices, on: value.device, as: at, missing: wait 10s, then: keep}}, {set: {room: value.at.room}}, {keep: [n, room]}]}");
        reading("d1", 1);

        iot.pass(Duration.ofSeconds(11));
        assertThat(iot.changes("enriched.iot.kept")).containsExactly(found("d1", 1, null));
        assertThat(iot.take("deadletter.iot")).isEmpty();
        iot.pass(Duration.ofSeconds(20));

        List<TestRecord<byte[], byte[]>> dead = iot.take("deadletter.iot");
        assertThat(dead).hasSize(1);
        assertThat(TopologyFixture.header(dead.get(0), "millrace.error.message"))
                .isEqualTo("no row of cleaned.devices has the key that 'on' gives, and none came in 30000 ms");
        device("d1", "attic");
        assertThat(iot.take("enriched.iot.readings")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void waitingLosesNothingAndKeepsTheOrderOfAKey(long seed) {
        start(lookup(", missing: wait 30s, then: keep"));
        Random random = new Random(seed);
        Map<String, String> rooms = new LinkedHashMap<>();
        Map<String, List<long[]>> waiting = new LinkedHashMap<>();
        Map<String, List<String>> expected = new LinkedHashMap<>();
        long now = 0;
        for (int i = 0; i < 400; i++) {
            String id = "d" + random.nextInt(6);
            List<long[]> held = waiting.computeIfAbsent(id, key -> new ArrayList<>());
            List<String> out = expected.computeIfAbsent(id, key -> new ArrayList<>());
            switch (random.nextInt(8)) {
                case 0 -> {
                    String room = "r" + i;
                    rooms.put(id, room);
                    device(id, room);
                    held.forEach(event -> out.add(found(id, event[0], room)));
                    held.clear();
                }
                case 1, 2 -> {
                    rooms.remove(id);
                    device(id, null);
                }
                case 3 -> {
                    now += 5;
                    iot.pass(Duration.ofSeconds(5));
                    for (Map.Entry<String, List<long[]>> entry : waiting.entrySet()) {
                        long time = now;
                        entry.getValue().removeIf(event -> {
                            boolean due = event[1] + 30 <= time;
                            if (due) {
                                expected.get(entry.getKey()).add(found(entry.getKey(), event[0], null));
                            }
                            return due;
                        });
                    }
                }
                default -> {
                    reading(id, i);
                    if (rooms.containsKey(id)) {
                        out.add(found(id, i, rooms.get(id)));
                    } else {
                        held.add(new long[] {i, now});
                    }
                }
            }
        }

        Map<String, List<String>> came = new LinkedHashMap<>();
        expected.keySet().forEach(id -> came.put(id, new ArrayList<>()));
        for (String change : iot.changes("enriched.iot.readings")) {
            came.get(change.substring(11, 13)).add(change);
        }
        assertThat(came).isEqualTo(expected);
        assertThat(iot.counters(new StreamName("enriched", "readings")).held().sum())
                .isEqualTo(waiting.values().stream().mapToLong(List::size).sum());
    }
}
