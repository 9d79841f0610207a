package io.millrace.plugin.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.plugin.fusion.Fusion;
import io.millrace.plugin.json.RandomData;
import io.millrace.plugin.json.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

/**
 * Chains of Apache's transforms, one after another and in one pass. {@code -Dmillrace.differential.rounds=200} does twenty times as much as a
 * build.
 */
class FusedChainDifferentialTest {
    private static final int CHAINS = Integer.getInteger("millrace.differential.rounds", 10) * 100;
    private static final int SCHEMAS = 2;
    private static final int RECORDS = 5;

    @Test
    void givesTheSameSourceRecordsOrTheSameFailures() {
        compare(5000, (data, value) -> source(data, value, data.chance(0.3) ? data.row(3) : null));
    }

    @Test
    void givesTheSameSinkRecordsOrTheSameFailures() {
        compare(6000, (data, value) -> sink(data, value));
    }

    private interface Records<R> {
        R next(RandomData data, SchemaAndValue value);
    }

    private static <R extends ConnectRecord<R>> void compare(long firstSeed, Records<R> records) {
        Count count = new Count();
        for (int i = 0; i < CHAINS; i++) {
            RandomData data = new RandomData(firstSeed + i);
            List<RandomChain.Description> chain = new RandomChain(data).next();
            compare("seed " + (firstSeed + i) + ": " + chain, chain, data, records, count);
        }
        // If everything were left to the transforms themselves, all would be equal too. Of what is left to them, most
        // are transforms of keys that
        // are no structs, required fields for facts that a record lacks, and casts of logical types.
        assertThat(count.fused).as(String.join("\n", count.missed)).isGreaterThan((int) (count.passed * 0.6));
    }

    /** How many records passed whole chains, and how many of these a fusion passed too. */
    private static final class Count {
        private int passed;
        private int fused;
        private final List<String> missed = new ArrayList<>();
    }

    private static <R extends ConnectRecord<R>> void compare(
            String as, List<RandomChain.Description> chain, RandomData data, Records<R> records, Count count) {
        List<TransformChain.Step<R>> first = steps(chain);
        List<TransformChain.Step<R>> second = steps(chain);
        TransformChain<R> plain = new TransformChain<>(first, RecordPath.PLAIN);
        TransformChain<R> compiled = new TransformChain<>(second, RecordPath.COMPILED);
        Fusion<R> fusion = Fusion.ofFirst(members(second));
        for (int s = 0; s < SCHEMAS; s++) {
            Schema schema = data.row(6);
            for (int r = 0; r < RECORDS; r++) {
                R record = records.next(data, new SchemaAndValue(schema, data.struct(schema)));
                String expected = outcome(plain, record);
                assertThat(outcome(compiled, record)).as(as).isEqualTo(expected);
                if (fusion != null && r > 0 && !expected.startsWith("failed")) {
                    count.passed++;
                    if (fusion.apply(record) == null) {
                        count.missed.add(chain.subList(0, fusion.length()) + " of " + record);
                    } else {
                        count.fused++;
                    }
                }
            }
            R odd = records.next(
                    data, data.chance(0.5) ? SchemaAndValue.NULL : new SchemaAndValue(null, Map.of("f0", 1)));
            assertThat(outcome(compiled, odd)).as(as).isEqualTo(outcome(plain, odd));
        }
    }

    private static <R extends ConnectRecord<R>> List<TransformChain.Step<R>> steps(
            List<RandomChain.Description> chain) {
        List<TransformChain.Step<R>> steps = new ArrayList<>();
        for (RandomChain.Description one : chain) {
            TransformChain.Step<R> step = one.step("t" + steps.size());
            steps.add(step);
        }
        return steps;
    }

    private static <R extends ConnectRecord<R>> String outcome(TransformChain<R> chain, R record) {
        try {
            R out = chain.apply(record);
            return out == record ? "the same record" : out == null ? "dropped" : shown(out);
        } catch (TransformFailure e) {
            return "failed at " + e.alias() + ", " + e.className() + ": " + Shown.error(e.getCause());
        }
    }

    private static String shown(ConnectRecord<?> record) {
        StringBuilder text = new StringBuilder(record.getClass().getName());
        text.append(' ')
                .append(record.topic())
                .append(' ')
                .append(record.kafkaPartition())
                .append(' ')
                .append(record.timestamp());
        text.append("\nkey ").append(Shown.schema(record.keySchema())).append(Shown.value(record.key()));
        text.append("\nvalue ").append(Shown.schema(record.valueSchema())).append(Shown.value(record.value()));
        for (Header header : record.headers()) {
            text.append("\nheader ")
                    .append(header.key())
                    .append(Shown.schema(header.schema()))
                    .append(Shown.value(header.value()));
        }
        return text.toString();
    }

    private static SourceRecord source(RandomData data, SchemaAndValue value, Schema keySchema) {
        Object key = keySchema == null ? null : data.struct(keySchema);
        return new SourceRecord(
                Map.of("file", "a"),
                Map.of("position", 1),
                data.chance(0.5) ? "orders" : "customers",
                data.chance(0.3) ? 2 : null,
                keySchema,
                key,
                value.schema(),
                value.value(),
                data.chance(0.8) ? 1_700_000_000_000L : null,
                headers(data));
    }

    private static SinkRecord sink(RandomData data, SchemaAndValue value) {
        return new SinkRecord(
                data.chance(0.5) ? "orders" : "customers",
                3,
                Schema.STRING_SCHEMA,
                "a key",
                value.schema(),
                value.value(),
                77,
                data.chance(0.8) ? 1_700_000_000_000L : null,
                TimestampType.CREATE_TIME,
                headers(data));
    }

    private static ConnectHeaders headers(RandomData data) {
        ConnectHeaders headers = new ConnectHeaders();
        if (data.chance(0.3)) {
            headers.addString("h0", data.text()).addInt("h1", 7);
        }
        return headers;
    }

    private static <R extends ConnectRecord<R>> List<Fusion.Member<R>> members(List<TransformChain.Step<R>> steps) {
        return steps.stream()
                .map(step -> new Fusion.Member<>(
                        step.transformation().instance(), step.transformation().config()))
                .toList();
    }
}
