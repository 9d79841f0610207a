package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.millrace.pipeline.model.StreamName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dies between two steps enters its stream again from the first one. */
class BetweenStepsTest {
    private static final String RAW = "raw.iot.readings";
    private static final String RAW_DEVICES = "raw.iot.devices";
    private static final String DEAD = "deadletter.iot";
    private static final StreamName READINGS = new StreamName("cleaned", "readings");
    private static final Instant ARRIVAL = TopologyFixture.ARRIVAL;

    @TempDir
    private Path folder;

    private TopologyFixture iot;

    private void start(String streams) {
        iot = new TopologyFixture(YamlPlan.of("""
                pipeline: iot
                sources: {plain: {class: x.Source, config: {}, streams: {readings: events, devices: table, rooms: table}}}
                contracts:
                  Device: {key: id, fields: {id: string!, room: string}}
                  Reading: {key: device, fields: {device: string!, n: int64!}}
                sinks: {}
                streams:
                """ + streams.indent(2)), folder);
    }

    @AfterEach
    void everyRecordIsAccountedFor() {
        iot.layers.counters().forEach((stream, counters) -> assertThat(
                        counters.in().sum() + counters.expanded().sum())
                .as(stream.toString())
                .isEqualTo(counters.out().sum()
                        + counters.deadLetters().sum()
                        + counters.dropped().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()));
        iot.close();
    }

    private void reading(String device, Long n) {
        iot.send(RAW, null, EventRows.reading(device, n, 20.5));
    }

    private void device(String id, String room) {
        iot.send(RAW_DEVICES, EventRows.deviceKey(id), room == null ? null : EventRows.device(id, room));
    }

    private TestRecord<byte[], byte[]> letter() {
        List<TestRecord<byte[], byte[]>> dead = iot.take(DEAD);
        assertThat(dead).hasSize(1);
        return dead.get(0);
    }

    @Test
    void anEventThatDiesAfterADedupeEntersAsTheRawRecordThatItWas() {
        start("""
                cleaned.readings:
                  from: raw.readings
                  contract: Reading
                  steps: [{keep: [device, n]}, {dedupe: {by: value.device, within: 1h}}]
                """);
        reading("d1", null);
        TestRecord<byte[], byte[]> letter = letter();
        assertThat(TopologyFixture.header(letter, "millrace.input")).isEqualTo("raw.iot.readings-0@0");
        assertThat(TopologyFixture.header(letter, "millrace.replay.passed")).isEqualTo("dedupe");
        assertThat(TopologyFixture.header(letter, "__connect.errors.topic"))
                .as("its bytes are not those of that record")
                .isNull();

        iot.replayInput(letter, null, EventRows.reading("d1", null, 20.5), ARRIVAL);
        TestRecord<byte[], byte[]> again = letter();
        iot.replayInput(again, null, EventRows.reading("d1", 7L, 20.5), ARRIVAL);

        assertThat(TopologyFixture.header(again, "millrace.attempts")).isEqualTo("2");
        assertThat(TopologyFixture.header(again, "millrace.replay.of")).isEqualTo("deadletter.iot-0@7");
        assertThat(TopologyFixture.header(again, "millrace.input")).isEqualTo("raw.iot.readings-0@0");
        assertThat(TopologyFixture.header(again, "millrace.replay.stage")).isNull();
        List<TestRecord<byte[], byte[]>> rows = iot.take("cleaned.iot.readings");
        assertThat(rows)
                .extracting(row -> TopologyFixture.payload(row.value()))
                .containsExactly("{\"device\":\"d1\",\"n\":7}");
        assertThat(TopologyFixture.header(rows.get(0), "millrace.origin")).isEqualTo("raw.iot.readings-0@0");
        assertThat(rows.get(0).headers())
                .extracting(header -> header.key())
                .containsExactlyInAnyOrder("millrace.origin", "millrace.pipeline", "millrace.version");
        assertThat(iot.counters(READINGS).dropped()).isEmpty();
    }

    @Test
    void anEventThatDiesBeforeADedupeMeetsWhatCameSince() {
        start("""
                cleaned.readings:
                  from: raw.readings
                  steps: [{validate: {positive: value.n > 0}}, {dedupe: {by: value.device, within: 1h}}]
                """);
        reading("d1", 0L);
        TestRecord<byte[], byte[]> letter = letter();
        reading("d1", 1L);

        iot.replay(letter, EventRows.reading("d1", 2L, 20.5));

        assertThat(iot.take("cleaned.iot.readings")).hasSize(1);
        assertThat(iot.counters(READINGS).dropped()).containsExactly(entry("dedupe", 1L));
    }

    @Test
    void anEventThatPassedADedupeAndDiesBeforeItTheNextTimeIsStillNoDuplicateOfItself() {
        start("""
                cleaned.readings: {from: raw.readings, contract: Reading, steps: [{keep: [device, n]}]}
                enriched.readings:
                  from: cleaned.readings
                  steps: [{dedupe: {by: 12 / value.n, within: 1h}}, {validate: {few: value.n < 5}}]
                """);
        reading("d1", 6L);
        TestRecord<byte[], byte[]> letter = letter();
        iot.replay(letter, row("d1", 0));
        TestRecord<byte[], byte[]> again = letter();
        assertThat(TopologyFixture.header(again, "millrace.stage")).isEqualTo("enriched.readings.dedupe");

        iot.replay(again, row("d1", 4));

        assertThat(iot.changes("enriched.iot.readings"))
                .containsExactly("{\"device\":\"d1\"}={\"device\":\"d1\",\"n\":4}");
    }

    private byte[] row(String device, long n) {
        try (TopologyFixture other = new TopologyFixture(YamlPlan.of("""
                        pipeline: iot
                        sources: {plain: {class: x.Source, config: {}, streams: {readings: events}}}
                        contracts: {Reading: {key: device, fields: {device: string!, n: int64!}}}
                        sinks: {}
                        streams:
                          cleaned.readings: {from: raw.readings, contract: Reading, steps: [{keep: [device, n]}]}
                        """), folder.resolve("other"))) {
            other.send(RAW, null, EventRows.reading(device, n, 20.5));
            return other.take("cleaned.iot.readings").get(0).value();
        }
    }

    @Test
    void anEventThatFindsNothingEntersAgainAsItWas() {
        start("""
                cleaned.devices: {from: raw.devices, contract: Device}
                cleaned.readings: {from: raw.readings, contract: Reading, steps: [{keep: [device, n]}]}
                enriched.readings:
                  from: cleaned.readings
                  steps:
                    - dedupe: {within: 1h}
                    - lookup: {table: cleaned.devices, on: value.device, as: there, missing: dead_letter}
                """);
        reading("d1", 1L);
        TestRecord<byte[], byte[]> letter = letter();
        assertThat(TopologyFixture.header(letter, "__connect.errors.topic")).isEqualTo("cleaned.iot.readings");
        device("d1", "hall");

        iot.replay(letter, letter.value());

        assertThat(iot.changes("enriched.iot.readings"))
                .containsExactly(
                        "{\"device\":\"d1\"}={\"device\":\"d1\",\"n\":1,\"there\":{\"id\":\"d1\",\"room\":\"hall\"}}");
        assertThat(iot.take(DEAD)).isEmpty();
    }

    @Test
    void aRowOfATableThatDiesAfterALookupEntersAgainWhileNoNewerOneWasRead() {
        start("""
                cleaned.rooms: {from: raw.rooms, contract: Device}
                cleaned.devices:
                  from: raw.devices
                  contract: Device
                  steps:
                    - standardise: {room: trim}
                    - lookup: {table: cleaned.rooms, on: value.room, as: there, missing: keep}
                    - validate: {known: has(value.there)}
                    - drop: [there]
                """);
        device("d1", "hall ");
        TestRecord<byte[], byte[]> letter = letter();
        assertThat(TopologyFixture.header(letter, "millrace.input")).isEqualTo("raw.iot.devices-0@0");
        device("d2", "yard");
        TestRecord<byte[], byte[]> other = letter();
        device("d2", "attic");
        letter();

        iot.replayInput(letter, EventRows.deviceKey("d1"), EventRows.device("d1", "hall "), ARRIVAL);
        TestRecord<byte[], byte[]> again = letter();
        iot.replayInput(other, EventRows.deviceKey("d2"), EventRows.device("d2", "yard"), ARRIVAL);

        assertThat(TopologyFixture.header(again, "millrace.attempts")).isEqualTo("2");
        assertThat(iot.take(DEAD)).isEmpty();
        assertThat(iot.counters(new StreamName("cleaned", "devices")).dropped())
                .containsExactly(entry("superseded", 1L));
        iot.send("raw.iot.rooms", EventRows.deviceKey("hall"), EventRows.device("hall", null));
        assertThat(iot.changes("cleaned.iot.devices"))
                .containsExactly("{\"id\":\"d1\"}={\"id\":\"d1\",\"room\":\"hall\"}");
    }

    @Test
    void aRowThatCannotBeAddedToItsGroupEntersAgain() {
        start("""
                curated.rooms:
                  from: raw.devices
                  steps:
                    - set: {n: int(value.room)}
                    - aggregate: {by: [value.id], share: sum(12 / int(value.n))}
                curated.minutes:
                  from: raw.readings
                  steps:
                    - set: {m: value.n}
                    - window: {tumbling: 1m, by: [value.device], time: timestamp(value.n)}
                      aggregate: {all: sum(int(value.m))}
                """);
        device("d1", "0");
        TestRecord<byte[], byte[]> letter = letter();
        reading("d1", null);
        TestRecord<byte[], byte[]> event = letter();

        iot.replayInput(letter, EventRows.deviceKey("d1"), EventRows.device("d1", "4"), ARRIVAL);
        iot.replayInput(event, null, EventRows.reading("d1", 9L, 1.0), ARRIVAL);

        assertThat(iot.changes("curated.iot.rooms")).containsExactly("{\"id\":\"d1\"}={\"id\":\"d1\",\"share\":3}");
        assertThat(iot.take("curated.iot.minutes")).hasSize(1);
        assertThat(iot.take(DEAD)).isEmpty();
    }

    @Test
    void whatIsOneOfSeveralOrMadeOfSeveralSaysNoInput() {
        start("""
                cleaned.readings:
                  from: raw.readings
                  steps:
                    - set: {parts: "value.device.split('d')"}
                    - explode: {parts: part}
                    - dedupe: {by: value.part, within: 1h}
                    - validate: {short: value.part.size() < 2}
                curated.few:
                  from: raw.readings
                  steps:
                    - aggregate: {by: [value.device], all: count()}
                    - validate: {few: value.all > 1}
                enriched.readings:
                  from: cleaned.readings
                  steps:
                    - set: {more: value.n}
                    - dedupe: {by: value.part, within: 1h}
                    - validate: {never: value.more > 100}
                """);

        reading("22d1", 1L);

        assertThat(iot.take(DEAD)).hasSize(3).allSatisfy(letter -> {
            assertThat(TopologyFixture.header(letter, "millrace.input")).isNull();
            assertThat(TopologyFixture.header(letter, "__connect.errors.topic")).isNull();
        });
    }

    @Test
    void aReplayOfAnotherStreamDoesNotPassTheDedupeOfThisOne() {
        start("""
                cleaned.readings:
                  from: raw.readings
                  steps: [{dedupe: {by: value.device, within: 1h}}, {validate: {positive: value.n > 0}}]
                """);
        reading("d1", 0L);
        TestRecord<byte[], byte[]> letter = letter();
        letter.headers().remove("millrace.stage").add("millrace.stage", "cleaned.others.validate".getBytes());

        iot.replayInput(letter, null, EventRows.reading("d1", 5L, 20.5), ARRIVAL);
        iot.send(RAW, null, EventRows.reading("d1", 6L, 20.5), new RecordHeaders(), ARRIVAL);

        assertThat(iot.take("cleaned.iot.readings")).isEmpty();
        assertThat(iot.counters(READINGS).dropped()).containsExactly(entry("dedupe", 1L));
    }
}
