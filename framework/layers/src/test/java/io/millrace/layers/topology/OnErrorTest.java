package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.entry;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.ProblemException;
import io.millrace.pipeline.model.StreamName;
import io.millrace.plugin.record.BreakerOpenException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code then} of {@code on_error}. */
class OnErrorTest {
    private static final String RAW = "raw.iot.readings";
    private static final String DEAD = "deadletter.iot";
    private static final StreamName READINGS = new StreamName("cleaned", "readings");

    @TempDir
    private Path folder;

    private Optional<TopologyFixture> started = Optional.empty();

    private TopologyFixture start(String streams) {
        TopologyFixture iot = new TopologyFixture(YamlPlan.of("""
                pipeline: iot
                sources: {plain: {class: x.Source, config: {}, streams: {readings: events, devices: table}}}
                contracts:
                  Device: {key: id, fields: {id: string!, room: string}}
                sinks: {}
                streams:
                """ + streams.indent(2)), folder);
        started = Optional.of(iot);
        return iot;
    }

    @AfterEach
    void everyRecordIsAccountedFor() {
        started.ifPresent(iot -> {
            iot.layers.counters().forEach((stream, counters) -> assertThat(
                            counters.in().sum() + counters.expanded().sum())
                    .as(stream.toString())
                    .isEqualTo(counters.out().sum()
                            + counters.deadLetters().sum()
                            + counters.dropped().values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum()));
            iot.close();
        });
    }

    private static byte[] reading(String device, long n) {
        return EventRows.reading(device, n, 20.5);
    }

    @Test
    void aSkippedRecordIsCountedUnderItsRuleAndLeavesNothing() {
        TopologyFixture iot = start("""
                cleaned.readings:
                  from: raw.readings
                  on_error: {then: skip}
                  steps: [{filter: {old: value.n < 100}}, {validate: {positive: value.n > 0, even: value.n % 2 == 0}}]
                """);

        for (long n : new long[] {0, 1, 2, 3, 100}) {
            iot.send(RAW, null, reading("d1", n));
        }
        iot.send(RAW, null, "no row".getBytes());

        assertThat(iot.take("cleaned.iot.readings")).hasSize(1);
        assertThat(iot.take(DEAD)).isEmpty();
        assertThat(iot.counters(READINGS).dropped())
                .containsExactly(
                        entry("old", 1L),
                        entry("skipped.even", 2L),
                        entry("skipped.positive", 1L),
                        entry("skipped.value", 1L));
    }

    @Test
    void aRecordWithOneBadElementIsSkippedWhole() {
        TopologyFixture iot = start("""
                cleaned.readings:
                  from: raw.readings
                  on_error: {then: skip}
                  steps: [{set: {parts: "value.device.split('d')"}}, {explode: {parts: part}}, {validate: {some: value.part != ''}}]
                """);

        iot.send(RAW, null, reading("1d2", 1));
        iot.send(RAW, null, reading("1d", 1));

        assertThat(iot.take("cleaned.iot.readings")).hasSize(2);
        assertThat(iot.counters(READINGS).dropped()).containsExactly(entry("skipped.some", 1L));
    }

    @Test
    void theRowOfATableStaysAsItWasWhenAChangeOfItIsSkipped() {
        TopologyFixture iot = start("""
                cleaned.devices:
                  from: raw.devices
                  contract: Device
                  on_error: {then: skip}
                  steps: [{validate: {known: "value.room != 'x'"}}]
                """);

        iot.send("raw.iot.devices", EventRows.deviceKey("d1"), EventRows.device("d1", "hall"));
        iot.send("raw.iot.devices", EventRows.deviceKey("d1"), EventRows.device("d1", "x"));
        iot.send("raw.iot.devices", EventRows.deviceKey("d1"), EventRows.device("d1", "hall"));

        assertThat(iot.state("cleaned.iot.devices"))
                .containsExactly(entry("{\"id\":\"d1\"}", "{\"id\":\"d1\",\"room\":\"hall\"}"));
        assertThat(iot.counters(new StreamName("cleaned", "devices")).dropped())
                .containsExactly(entry("skipped.known", 1L), entry("unchanged", 1L));
    }

    @Test
    void whatFailsInAnAggregateOrADedupeIsSkippedToo() {
        TopologyFixture iot = start("""
                cleaned.readings:
                  from: raw.readings
                  on_error: {then: skip}
                  steps: [{dedupe: {by: 12 / value.n, within: 1h}}]
                curated.ratios:
                  from: raw.readings
                  on_error: {then: skip}
                  steps: [{aggregate: {by: [value.device], ratio: sum(12 / int(value.n))}}]
                curated.most:
                  from: raw.readings
                  on_error: {then: skip}
                  steps: [{aggregate: {by: [value.device], all: sum(int(value.n))}}]
                """);

        iot.send(RAW, null, reading("d1", 0));
        iot.send(RAW, null, reading("d1", Long.MAX_VALUE));
        iot.send(RAW, null, reading("d1", 1));

        assertThat(iot.take(DEAD)).isEmpty();
        assertThat(iot.counters(READINGS).dropped()).containsExactly(entry("skipped.dedupe", 1L));
        assertThat(iot.counters(new StreamName("curated", "ratios")).dropped())
                .containsExactly(entry("skipped.aggregate", 1L));
        assertThat(iot.counters(new StreamName("curated", "most")).dropped())
                .containsExactly(entry("skipped.aggregate", 1L));
    }

    @Test
    void whatALookupSaysOfAMissingRowIsNearerThanOnError() {
        TopologyFixture iot = start("""
                cleaned.devices: {from: raw.devices, contract: Device}
                cleaned.readings:
                  from: raw.readings
                  on_error: {then: skip}
                  steps:
                    - lookup: {table: cleaned.devices, on: value.device, as: there, missing: dead_letter}
                    - validate: {positive: value.n > 0}
                """);
        iot.send("raw.iot.devices", EventRows.deviceKey("d1"), EventRows.device("d1", "hall"));

        iot.send(RAW, null, reading("d1", 0));
        iot.send(RAW, null, reading("d2", 1));

        assertThat(iot.take(DEAD))
                .extracting(letter -> TopologyFixture.header(letter, "millrace.error.code"))
                .containsExactly("lookup.missing");
        assertThat(iot.counters(READINGS).dropped()).containsExactly(entry("skipped.positive", 1L));
    }

    @Test
    void stopIfCountsWhatIsSkipped() {
        TopologyFixture iot = start("""
                cleaned.readings:
                  from: raw.readings
                  on_error: {then: skip, stop_if: 50% over 1h}
                  steps: [{validate: {positive: value.n > 0}}]
                """);

        Throwable thrown = catchThrowable(() -> {
            for (int i = 0; i < 200; i++) {
                iot.send(RAW, null, reading("d1", i % 4 == 0 ? 1 : 0));
            }
        });

        assertThat(thrown).hasRootCauseInstanceOf(BreakerOpenException.class);
        assertThat(iot.counters(READINGS).in().sum()).isEqualTo(100);
        started = Optional.empty();
        iot.close();
    }

    @Test
    void theFirstRecordThatCannotPassStopsTheStreamWithItsPlace() {
        TopologyFixture iot = start("""
                cleaned.readings:
                  from: raw.readings
                  on_error: {then: stop}
                  steps: [{validate: {positive: value.n > 0}}]
                """);
        iot.send(RAW, null, reading("d1", 1));

        Throwable thrown = catchThrowable(() -> iot.send(RAW, null, reading("d1", 0)));

        ProblemException stop = (ProblemException) root(thrown);
        assertThat(stop.exitCode()).isEqualTo(ExitCode.YOURS);
        assertThat(stop)
                .hasMessage(
                        "raw.iot.readings-0@1 [stream.stopped] The record cannot pass 'validate' of cleaned.readings,"
                                + " rule 'positive' [validate.failed]: the record does not satisfy 'value.n > 0'; and 'on_error'"
                                + " says 'then: stop'. It is read again by the next run, and nothing after it was committed. Mend"
                                + " the cause first, or write 'then: dead_letter' to let the others pass.");
        started = Optional.empty();
        iot.close();
    }

    @Test
    void aRowInTheMiddleThatStopsItsStreamIsNamedByItsOrigin() {
        TopologyFixture iot = start("""
                cleaned.readings: {from: raw.readings, steps: [{keep: [device, n]}]}
                enriched.readings:
                  from: cleaned.readings
                  on_error: {then: stop}
                  steps: [{set: {ratio: 12 / value.n}}]
                """);
        iot.send(RAW, null, reading("d1", 1));

        Throwable thrown = catchThrowable(() -> iot.send(RAW, null, reading("d1", 0)));

        assertThat(root(thrown).getMessage())
                .startsWith("raw.iot.readings-0@1 [stream.stopped] The record"
                        + " cannot pass 'set' of enriched.readings, rule 'set' [expression.division-by-zero]: ");
        started = Optional.empty();
        iot.close();
    }

    private static Throwable root(Throwable thrown) {
        Throwable cause = thrown;
        while (cause != null && !(cause instanceof ProblemException)) {
            cause = cause.getCause();
        }
        return cause;
    }

    @Test
    void aFilterAfterALookupBetweenTablesLeavesARowOutUntilItsMatchComes() {
        TopologyFixture iot = start("""
                cleaned.devices: {from: raw.devices, contract: Device}
                enriched.devices:
                  from: cleaned.devices
                  steps:
                    - lookup: {table: cleaned.devices, on: value.room, as: there, missing: keep}
                    - filter: {known: has(value.there)}
                    - keep: [id, room]
                """);
        byte[] key = EventRows.deviceKey("d1");

        iot.send("raw.iot.devices", key, EventRows.device("d1", "hall"));
        List<String> before = iot.changes("enriched.iot.devices");
        iot.send("raw.iot.devices", EventRows.deviceKey("hall"), EventRows.device("hall", null));
        List<String> with = iot.changes("enriched.iot.devices");
        iot.send("raw.iot.devices", EventRows.deviceKey("hall"), null);

        assertThat(before).isEmpty();
        assertThat(with).containsExactly("{\"id\":\"d1\"}={\"id\":\"d1\",\"room\":\"hall\"}");
        assertThat(iot.changes("enriched.iot.devices")).containsExactly("{\"id\":\"d1\"}=null");
        List<TestRecord<byte[], byte[]>> dead = iot.take(DEAD);
        assertThat(dead).isEmpty();
    }
}
