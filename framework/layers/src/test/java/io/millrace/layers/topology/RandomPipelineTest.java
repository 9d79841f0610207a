package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.layers.record.RowCodec;
import io.millrace.pipeline.model.StreamName;
import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pipelines made by chance: every record is accounted for, a pipeline made anew from the same raw records has the same tables, and dead
 * letters that are replayed as they are die again and change nothing.
 */
class RandomPipelineTest {
    private static final int SEEDS = Integer.getInteger("millrace.random.pipelines", 30);
    private static final int RECORDS = 120;
    private static final String DEAD = "deadletter.iot";
    private static final Schema READING = SchemaBuilder.struct()
            .field("device", Schema.OPTIONAL_STRING_SCHEMA)
            .field("n", Schema.OPTIONAL_INT64_SCHEMA)
            .build();
    private static final Schema THING = SchemaBuilder.struct()
            .field("id", Schema.OPTIONAL_STRING_SCHEMA)
            .field("device", Schema.OPTIONAL_STRING_SCHEMA)
            .field("n", Schema.OPTIONAL_INT64_SCHEMA)
            .build();
    private static final RowCodec CODEC = new RowCodec();

    private record Raw(String topic, byte[] key, byte[] value, Instant arrival) {}

    @TempDir
    Path folder;

    static Stream<Long> seeds() {
        return LongStream.rangeClosed(1, SEEDS).boxed();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyRecordIsAccountedForAndTheSameRecordsMakeTheSameTables(long seed) {
        Random random = new Random(seed);
        RandomPlan plan = new RandomPlan(random, 4);
        List<Raw> raw = records(random);
        Map<String, Map<String, String>> tables;
        try (TopologyFixture first = new TopologyFixture(YamlPlan.of(plan.yaml()), folder.resolve("first"))) {
            Map<String, List<TestRecord<byte[], byte[]>>> written = run(first, plan, raw);
            assertEveryRecordIsAccountedFor(first, plan);
            assertNothingIsLostBetweenStreams(first, plan, written);
            tables = tables(plan, written);
            assertThatReplaysChangeNothing(first, plan, raw, written.get(DEAD));
            assertEveryRecordIsAccountedFor(first, plan);
        }
        List<Raw> again = new ArrayList<>(raw);
        if (!plan.dependsOnTheMoment()) {
            // The order within a topic is fixed, that between topics is not.
            again.sort(Comparator.comparing(Raw::topic));
        }
        try (TopologyFixture second = new TopologyFixture(YamlPlan.of(plan.yaml()), folder.resolve("second"))) {
            assertThat(tables(plan, run(second, plan, again))).as(plan.yaml()).isEqualTo(tables);
        }
    }

    private static Map<String, List<TestRecord<byte[], byte[]>>> run(
            TopologyFixture iot, RandomPlan plan, List<Raw> records) {
        records.forEach(record ->
                iot.send(record.topic(), record.key(), record.value(), new RecordHeaders(), record.arrival()));
        if (records.size() > 1) {
            iot.pass(Duration.ofSeconds(30));
        }
        Map<String, List<TestRecord<byte[], byte[]>>> written = new TreeMap<>();
        plan.streams.forEach(stream -> written.put(stream.topic(), iot.take(stream.topic())));
        written.put(DEAD, iot.take(DEAD));
        return written;
    }

    private static void assertEveryRecordIsAccountedFor(TopologyFixture iot, RandomPlan plan) {
        iot.layers.counters().forEach((stream, counters) -> {
            assertThat(counters.in().sum() + counters.expanded().sum())
                    .as(stream + " of " + plan.yaml())
                    .isEqualTo(counters.out().sum()
                            + counters.deadLetters().sum()
                            + counters.dropped().values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum());
            assertThat(counters.held().sum()).isZero();
        });
    }

    /** Of events, what one stream writes the next one reads. */
    private static void assertNothingIsLostBetweenStreams(
            TopologyFixture iot, RandomPlan plan, Map<String, List<TestRecord<byte[], byte[]>>> written) {
        for (RandomPlan.Made reader : plan.streams.subList(2, plan.streams.size())) {
            RandomPlan.Made input = plan.streams.stream()
                    .filter(stream -> reader.from().startsWith(stream.name()))
                    .findFirst()
                    .orElseThrow();
            if (input.table() || reader.has("aggregate") || reader.has("explode")) {
                continue;
            }
            String branch = reader.from().substring(input.name().length()).replace(".", "");
            long read = written.get(input.topic()).stream()
                    .filter(record ->
                            branch.isEmpty() || branch.equals(TopologyFixture.header(record, "millrace.route")))
                    .count();
            String[] name = reader.name().split("\\.");
            assertThat(iot.counters(new StreamName(name[0], name[1])).in().sum())
                    .as(reader.name() + " of " + plan.yaml())
                    .isEqualTo(read);
        }
    }

    private static Map<String, Map<String, String>> tables(
            RandomPlan plan, Map<String, List<TestRecord<byte[], byte[]>>> written) {
        Map<String, Map<String, String>> tables = new TreeMap<>();
        for (RandomPlan.Made stream : plan.streams) {
            if (stream.table()) {
                Map<String, String> rows = new TreeMap<>();
                for (TestRecord<byte[], byte[]> record : written.get(stream.topic())) {
                    String key = TopologyFixture.text(record.key());
                    String row = TopologyFixture.payload(record.value());
                    if (row == null) {
                        assertThat(rows.remove(key))
                                .as("%s deletes %s in %s", stream.name(), key, plan.yaml())
                                .isNotNull();
                    } else {
                        assertThat(rows.put(key, row))
                                .as("%s writes %s again in %s", stream.name(), key, plan.yaml())
                                .isNotEqualTo(row);
                    }
                }
                tables.put(stream.name(), rows);
            }
        }
        return tables;
    }

    private static void assertThatReplaysChangeNothing(
            TopologyFixture iot, RandomPlan plan, List<Raw> raw, List<TestRecord<byte[], byte[]>> letters) {
        List<TestRecord<byte[], byte[]>> replayable = letters.stream()
                .filter(letter -> TopologyFixture.header(letter, DeadLetterHeaders.TOPIC) != null
                        || TopologyFixture.header(letter, DeadLetterHeaders.INPUT) != null)
                .toList();
        replayable.forEach(letter -> replay(iot, raw, letter));
        iot.pass(Duration.ofSeconds(30));
        Map<String, List<TestRecord<byte[], byte[]>>> written = run(iot, plan, List.of());
        List<TestRecord<byte[], byte[]>> again = written.remove(DEAD);
        if (plan.looksUp()) {
            // What the table holds now may let a record pass.
            return;
        }
        assertThat(written.values()).as(plan.yaml()).allSatisfy(records -> assertThat(records)
                .isEmpty());
        assertThat(again).allSatisfy(letter -> assertThat(TopologyFixture.header(letter, "millrace.attempts"))
                .as(plan.yaml())
                .isEqualTo("2"));
        long superseded = iot.layers.counters().values().stream()
                .mapToLong(counters -> counters.dropped().getOrDefault("superseded", 0L))
                .sum();
        assertThat(again.size() + superseded).as(plan.yaml()).isEqualTo(replayable.size());
    }

    private static void replay(TopologyFixture iot, List<Raw> raw, TestRecord<byte[], byte[]> letter) {
        String input = TopologyFixture.header(letter, DeadLetterHeaders.INPUT);
        if (input == null) {
            iot.replay(letter, letter.value());
            return;
        }
        ReplayRecord.Place place = ReplayRecord.place(input).orElseThrow();
        Raw record = raw.stream()
                .filter(one -> one.topic().equals(place.topicPartition().topic()))
                .skip(place.offset())
                .findFirst()
                .orElseThrow();
        iot.replayInput(letter, record.key(), record.value(), record.arrival());
    }

    private static List<Raw> records(Random random) {
        List<Raw> records = new ArrayList<>();
        Instant arrival = TopologyFixture.ARRIVAL;
        for (int i = 0; i < RECORDS; i++) {
            arrival = arrival.plusSeconds(random.nextInt(300));
            String device = random.nextInt(30) == 0 ? null : "d" + random.nextInt(4);
            Long n = random.nextInt(30) == 0 ? null : (Long) (long) (random.nextInt(12) - 1);
            byte[] value;
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    value = CODEC.write(
                            READING, new Struct(READING).put("device", device).put("n", n));
                    records.add(new Raw("raw.iot.readings", null, spoilt(random, value), arrival));
                }
                case 2, 3 -> {
                    String id = "t" + random.nextInt(6);
                    value = CODEC.write(
                            THING,
                            new Struct(THING)
                                    .put("id", id)
                                    .put("device", device)
                                    .put("n", n));
                    records.add(new Raw(
                            "raw.iot.things",
                            EventRows.deviceKey(id),
                            random.nextInt(6) == 0 ? null : spoilt(random, value),
                            arrival));
                }
                default -> {
                    String id = "d" + random.nextInt(4);
                    records.add(new Raw(
                            "raw.iot.devices",
                            EventRows.deviceKey(id),
                            random.nextInt(6) == 0 ? null : EventRows.device(id, "room " + random.nextInt(3)),
                            arrival));
                }
            }
        }
        return records;
    }

    private static byte[] spoilt(Random random, byte[] value) {
        return random.nextInt(40) == 0 ? "no row".getBytes(StandardCharsets.UTF_8) : value;
    }
}
