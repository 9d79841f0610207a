package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.layers.YamlPlans;
import io.millrace.layers.record.RowCodec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Aggregates of a table whose rows come, change, move to other groups and go, against a model that has all rows. */
class RetractionModelTest {
    private static final String YAML = """
            pipeline: t
            sources: {db: {class: example.Source, streams: {orders: table}}}
            contracts: {Order: {key: id, fields: {id: int32!, land: string, amount: "decimal(10,2)", name: string, ratio: double, at: timestamp}}}
            streams:
              cleaned.orders: {from: raw.orders, contract: Order}
              curated.lands:
                from: cleaned.orders
                steps:
                  - aggregate: {by: [value.land], n: count(), least: min(value.amount), most: max(value.amount), mean: avg(value.amount),
                                first_name: min(value.name), last_name: max(value.name), names: count_distinct(value.name),
                                low: min(value.ratio), ids: max(value.id)}
              curated.days:
                from: cleaned.orders
                steps:
                  - window: {tumbling: 1d, by: [value.land], time: value.at}
                    aggregate: {n: count(), total: sum(value.amount)}
            sinks: {}
            """;
    private static final Schema ORDER = SchemaBuilder.struct()
            .field("id", Schema.INT32_SCHEMA)
            .field("land", Schema.OPTIONAL_STRING_SCHEMA)
            .field("amount", Decimal.builder(2).optional().build())
            .field("name", Schema.OPTIONAL_STRING_SCHEMA)
            .field("ratio", Schema.OPTIONAL_FLOAT64_SCHEMA)
            .field(
                    "at",
                    SchemaBuilder.int64()
                            .name("io.debezium.time.MicroTimestamp")
                            .version(1)
                            .optional()
                            .build())
            .build();
    private static final List<String> NAMES = List.of("", "a", "aa", "b", "\ud83d\ude00", "\uffee", "\u00e4");

    private final RowCodec codec = new RowCodec();
    private final Map<Integer, Struct> rows = new HashMap<>();

    @Test
    void everyGroupHasWhatItsRowsHaveAfterEachChange(@TempDir Path stateDir) {
        Random random = new Random(17);
        try (TopologyFixture table = new TopologyFixture(YamlPlans.plan(YAML), stateDir)) {
            for (int i = 0; i < 400; i++) {
                int id = random.nextInt(30);
                byte[] key = ("{\"id\":" + id + "}").getBytes(StandardCharsets.UTF_8);
                if (random.nextInt(4) == 0) {
                    rows.remove(id);
                    table.send("raw.t.orders", key, null);
                } else {
                    Struct row = row(random, id);
                    rows.put(id, row);
                    table.send("raw.t.orders", key, codec.write(ORDER, row));
                }
                assertThat(table.state("curated.t.lands")).isEqualTo(lands());
                assertThat(table.state("curated.t.days")).isEqualTo(days());
            }
            assertThat(table.take("deadletter.t")).isEmpty();
        }
    }

    private static Struct row(Random random, int id) {
        return new Struct(ORDER)
                .put("id", id)
                .put("land", "L" + random.nextInt(3))
                .put("amount", random.nextInt(6) == 0 ? null : BigDecimal.valueOf(random.nextInt(400) - 200, 2))
                .put("name", random.nextInt(6) == 0 ? null : NAMES.get(random.nextInt(NAMES.size())))
                .put("ratio", random.nextInt(6) == 0 ? null : (random.nextInt(9) - 4) / 4.0)
                .put("at", Duration.ofHours(random.nextInt(96) - 48).toMillis() * 1_000 + 1);
    }

    private Map<String, String> lands() {
        Map<String, String> lands = new TreeMap<>();
        grouped(row -> "{\"land\":\"" + row.getString("land") + "\"}").forEach((key, group) -> {
            List<BigDecimal> amounts = values(group, "amount");
            List<String> names = values(group, "name");
            List<Double> ratios = values(group, "ratio");
            BigDecimal mean = amounts.isEmpty()
                    ? null
                    : amounts.stream()
                            .reduce(BigDecimal.ZERO, BigDecimal::add)
                            .divide(BigDecimal.valueOf(amounts.size()), 6, RoundingMode.HALF_UP);
            lands.put(
                    key,
                    key.substring(0, key.length() - 1) + ",\"n\":" + group.size() + ",\"least\":"
                            + pick(amounts, BigDecimal::min)
                            + ",\"most\":" + pick(amounts, BigDecimal::max) + ",\"mean\":"
                            + (mean == null ? null : mean.toPlainString()) + ",\"first_name\":"
                            + quoted(pick(names, (a, b) -> a.compareTo(b) < 0 ? a : b)) + ",\"last_name\":"
                            + quoted(pick(names, (a, b) -> a.compareTo(b) > 0 ? a : b)) + ",\"names\":"
                            + names.stream().distinct().count() + ",\"low\":" + pick(ratios, Math::min) + ",\"ids\":"
                            + pick(RetractionModelTest.<Integer>values(group, "id"), Math::max) + "}");
        });
        return lands;
    }

    private Map<String, String> days() {
        long day = Duration.ofDays(1).toMillis() * 1_000;
        Map<String, String> days = new TreeMap<>();
        grouped(row -> "{\"land\":\"" + row.getString("land") + "\",\"window_start\":"
                        + Math.floorDiv(row.getInt64("at"), day) * day + "}")
                .forEach((key, group) -> {
                    long start = Long.parseLong(key.replaceAll(".*:(-?\\d+)}", "$1"));
                    BigDecimal total = pick(RetractionModelTest.<BigDecimal>values(group, "amount"), BigDecimal::add);
                    days.put(
                            key,
                            key.substring(0, key.length() - 1) + ",\"window_end\":" + (start + day) + ",\"n\":"
                                    + group.size() + ",\"total\":" + total + "}");
                });
        return days;
    }

    private Map<String, List<Struct>> grouped(java.util.function.Function<Struct, String> key) {
        Map<String, List<Struct>> groups = new TreeMap<>();
        rows.values().forEach(row -> groups.computeIfAbsent(key.apply(row), name -> new ArrayList<>())
                .add(row));
        return groups;
    }

    @SuppressWarnings("unchecked")
    private static <T> List<T> values(Collection<Struct> rows, String field) {
        return rows.stream()
                .map(row -> (T) row.get(field))
                .filter(Objects::nonNull)
                .toList();
    }

    private static <T> T pick(List<T> values, BinaryOperator<T> better) {
        return values.stream().reduce(better).orElse(null);
    }

    private static String quoted(String text) {
        // As JsonConverter writes what is beyond 16 bits.
        return text == null ? null : "\"" + text.replace("\ud83d\ude00", "\\uD83D\\uDE00") + "\"";
    }
}
