package io.millrace.plugin.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.plugin.json.CompiledJsonConverter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.ExtractField;
import org.apache.kafka.connect.transforms.InsertField;
import org.apache.kafka.connect.transforms.MaskField;
import org.apache.kafka.connect.transforms.ReplaceField;
import org.apache.kafka.connect.transforms.SetSchemaMetadata;
import org.apache.kafka.connect.transforms.ValueToKey;
import org.junit.jupiter.api.Test;

/**
 * What a record costs with Apache's classes and with ours, in one thread: CPU time and allocated bytes. Both take turns, so that a busy machine
 * is as bad for the one as for the other; the medians of the turns count. Not part of a build; framework/docs/benchmarks.md says how it is run.
 */
class RecordPathBenchmark {
    private static final int TURNS = Integer.getInteger("millrace.benchmark.turns", 15);
    private static final int RECORDS = Integer.getInteger("millrace.benchmark.records", 100_000);
    private static final int ROWS = 256;
    private static final Schema ROW = SchemaBuilder.struct()
            .name("shop.orders.Row")
            .field("order_id", Schema.INT32_SCHEMA)
            .field("customer_id", Schema.STRING_SCHEMA)
            .field("employee_id", Schema.OPTIONAL_INT32_SCHEMA)
            .field("ordered_at", Timestamp.SCHEMA)
            .field("freight", Schema.FLOAT64_SCHEMA)
            .field("ship_name", Schema.OPTIONAL_STRING_SCHEMA)
            .field("ship_city", Schema.OPTIONAL_STRING_SCHEMA)
            .field("paid", Schema.BOOLEAN_SCHEMA)
            .field("quantity", Schema.INT64_SCHEMA)
            .field("note", Schema.OPTIONAL_STRING_SCHEMA)
            .build();

    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long used;

    /** Work on the record of an index, of which something is returned, so that it cannot be left out. */
    private interface Work {
        int on(int index);
    }

    private record Cost(double nanoseconds, double bytes) {}

    @Test
    void comparesApachesClassesWithOurs() {
        List<String> lines = new ArrayList<>();
        lines.add("| work on a record | Apache's: ns, bytes | ours: ns, bytes | ns, ours to Apache's |");
        lines.add("|---|---|---|---|");
        Struct[] rows = rows();
        for (boolean schemas : new boolean[] {false, true}) {
            String with = schemas ? "with its schema" : "without schema";
            lines.add(compare(
                    "row to JSON " + with, () -> writing(apache(schemas), rows), () -> writing(ours(schemas), rows)));
            byte[][] messages = messages(schemas, rows);
            lines.add(compare(
                    "JSON " + with + " to " + (schemas ? "row" : "map"),
                    () -> reading(apache(schemas), messages),
                    () -> reading(ours(schemas), messages)));
        }
        lines.add(compare(
                "InsertField, ReplaceField, MaskField",
                () -> chain(RecordPath.PLAIN, three(), rows),
                () -> chain(RecordPath.COMPILED, three(), rows)));
        lines.add(compare(
                "InsertField alone",
                () -> chain(RecordPath.PLAIN, three().subList(0, 1), rows),
                () -> chain(RecordPath.COMPILED, three().subList(0, 1), rows)));
        lines.add(compare(
                "ValueToKey, ExtractField$Key, SetSchemaMetadata",
                () -> chain(RecordPath.PLAIN, keyed(), rows),
                () -> chain(RecordPath.COMPILED, keyed(), rows)));
        lines.add(compare(
                "the first three, then the row to JSON with its schema",
                () -> whole(RecordPath.PLAIN, apache(true), rows),
                () -> whole(RecordPath.COMPILED, ours(true), rows)));
        lines.forEach(System.out::println);
        assertThat(used).isNotZero();
    }

    private String compare(String name, Supplier<Work> apache, Supplier<Work> ours) {
        Work first = apache.get();
        Work second = ours.get();
        List<Cost> ofFirst = new ArrayList<>();
        List<Cost> ofSecond = new ArrayList<>();
        for (int turn = -5; turn < TURNS; turn++) {
            Cost one = cost(first);
            Cost other = cost(second);
            if (turn >= 0) {
                ofFirst.add(one);
                ofSecond.add(other);
            }
        }
        Cost theirs = median(ofFirst);
        Cost mine = median(ofSecond);
        return String.format(
                Locale.ROOT,
                "| %s | %.0f, %.0f | %.0f, %.0f | %.2f |",
                name,
                theirs.nanoseconds,
                theirs.bytes,
                mine.nanoseconds,
                mine.bytes,
                mine.nanoseconds / theirs.nanoseconds);
    }

    private Cost cost(Work work) {
        long bytes = thread.getCurrentThreadAllocatedBytes();
        long start = thread.getCurrentThreadCpuTime();
        for (int i = 0; i < RECORDS; i++) {
            used += work.on(i % ROWS);
        }
        double nanoseconds = thread.getCurrentThreadCpuTime() - start;
        return new Cost(nanoseconds / RECORDS, (thread.getCurrentThreadAllocatedBytes() - bytes) / (double) RECORDS);
    }

    private static Cost median(List<Cost> costs) {
        double[] nanoseconds =
                costs.stream().mapToDouble(Cost::nanoseconds).sorted().toArray();
        double[] bytes = costs.stream().mapToDouble(Cost::bytes).sorted().toArray();
        return new Cost(nanoseconds[nanoseconds.length / 2], bytes[bytes.length / 2]);
    }

    private static Struct[] rows() {
        Struct[] rows = new Struct[ROWS];
        Arrays.setAll(rows, i -> new Struct(ROW)
                .put("order_id", 10_248 + i)
                .put("customer_id", "VINET" + i)
                .put("employee_id", i % 9)
                .put("ordered_at", new java.util.Date(836_438_400_000L + i * 1000L))
                .put("freight", 32.38 + i)
                .put("ship_name", "Vins et alcools Chevalier")
                .put("ship_city", i % 2 == 0 ? "Reims" : null)
                .put("paid", i % 3 == 0)
                .put("quantity", 1_000L * i)
                .put("note", "leave it at the \"back\" door"));
        return rows;
    }

    private static JsonConverter apache(boolean schemas) {
        return configured(new JsonConverter(), schemas);
    }

    private static JsonConverter ours(boolean schemas) {
        return configured(new CompiledJsonConverter(), schemas);
    }

    private static JsonConverter configured(JsonConverter converter, boolean schemas) {
        converter.configure(Map.of("schemas.enable", Boolean.toString(schemas)), false);
        return converter;
    }

    private static byte[][] messages(boolean schemas, Struct[] rows) {
        JsonConverter writer = apache(schemas);
        return Arrays.stream(rows)
                .map(row -> writer.fromConnectData("t", ROW, row))
                .toArray(byte[][]::new);
    }

    private static Work writing(JsonConverter converter, Struct[] rows) {
        return index -> converter.fromConnectData("t", ROW, rows[index]).length;
    }

    private static Work reading(JsonConverter converter, byte[][] messages) {
        return index -> converter.toConnectData("t", messages[index]).value() == null ? 0 : 1;
    }

    private static SourceRecord[] records(Struct[] rows) {
        return Arrays.stream(rows)
                .map(row -> new SourceRecord(
                        Map.of("p", 1), Map.of("o", 1), "orders", null, null, null, ROW, row, 1_700_000_000_000L))
                .toArray(SourceRecord[]::new);
    }

    private static List<RandomChain.Description> three() {
        return List.of(
                described(
                        InsertField.Value.class,
                        "static.field",
                        "shop",
                        "static.value",
                        "northwind",
                        "topic.field",
                        "topic"),
                described(ReplaceField.Value.class, "exclude", "employee_id", "renames", "note:remark"),
                described(MaskField.Value.class, "fields", "ship_name"));
    }

    private static List<RandomChain.Description> keyed() {
        return List.of(
                described(ValueToKey.class, "fields", "order_id"),
                described(ExtractField.Key.class, "field", "order_id"),
                described(SetSchemaMetadata.Value.class, "schema.name", "acme.Order"));
    }

    private static RandomChain.Description described(Class<?> type, String... pairs) {
        Map<String, String> config = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            config.put(pairs[i], pairs[i + 1]);
        }
        return new RandomChain.Description(type, config);
    }

    private static TransformChain<SourceRecord> transforms(RecordPath path, List<RandomChain.Description> chain) {
        List<TransformChain.Step<SourceRecord>> steps = new ArrayList<>();
        chain.forEach(one -> steps.add(one.step("t")));
        return new TransformChain<>(steps, path);
    }

    private static Work chain(RecordPath path, List<RandomChain.Description> described, Struct[] rows) {
        TransformChain<SourceRecord> chain = transforms(path, described);
        SourceRecord[] records = records(rows);
        return index -> chain.apply(records[index]).topic().length();
    }

    private static Work whole(RecordPath path, JsonConverter converter, Struct[] rows) {
        TransformChain<SourceRecord> chain = transforms(path, three());
        SourceRecord[] records = records(rows);
        return index -> {
            SourceRecord out = chain.apply(records[index]);
            return converter.fromConnectData("t", out.valueSchema(), out.value()).length;
        };
    }
}
