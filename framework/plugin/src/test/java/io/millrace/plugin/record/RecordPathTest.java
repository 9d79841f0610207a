package io.millrace.plugin.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ProblemException;
import io.millrace.plugin.discovery.PluginClass;
import io.millrace.plugin.json.CompiledJsonConverter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.transforms.InsertField;
import org.apache.kafka.connect.transforms.MaskField;
import org.apache.kafka.connect.transforms.RegexRouter;
import org.apache.kafka.connect.transforms.TimestampRouter;
import org.apache.kafka.connect.transforms.predicates.RecordIsTombstone;
import org.junit.jupiter.api.Test;

class RecordPathTest {
    private static final RandomChain.Description INSERT = new RandomChain.Description(
            InsertField.Value.class, Map.of("static.field", "shop", "static.value", "northwind"));
    private static final RandomChain.Description MASK =
            new RandomChain.Description(MaskField.Value.class, Map.of("fields", "name"));
    private static final RandomChain.Description ROUTE =
            new RandomChain.Description(RegexRouter.class, Map.of("regex", "(.*)", "replacement", "raw.$1"));
    private static final RandomChain.Description DAILY = new RandomChain.Description(TimestampRouter.class, Map.of());

    /** A converter that is Apache's but for its class. */
    public static class Extended extends JsonConverter {}

    /** A transform that is Apache's but for its class. */
    public static class ExtendedInsert extends InsertField.Value<SourceRecord> {}

    @Test
    void isCompiledUnlessTheWorkerSaysPlain() {
        assertThat(RecordPath.of(Map.of())).isEqualTo(RecordPath.COMPILED);
        assertThat(RecordPath.of(Map.of("millrace.record.path", "compiled"))).isEqualTo(RecordPath.COMPILED);
        assertThat(RecordPath.of(Map.of("millrace.record.path", " Plain "))).isEqualTo(RecordPath.PLAIN);
        assertThatThrownBy(() -> RecordPath.of(Map.of("millrace.record.path", "fast")))
                .isInstanceOf(ProblemException.class)
                .hasMessage(
                        "millrace.record.path [plugin.record-path] 'fast' is no value of 'millrace.record.path'. Write 'compiled' or 'plain'.");
    }

    @Test
    void putsOurConverterWhereExactlyApachesIsFound() {
        assertThat(RecordPath.COMPILED.newConverter(found(JsonConverter.class)))
                .isExactlyInstanceOf(CompiledJsonConverter.class);
        assertThat(RecordPath.PLAIN.newConverter(found(JsonConverter.class))).isExactlyInstanceOf(JsonConverter.class);
        assertThat(RecordPath.COMPILED.newConverter(found(Extended.class))).isExactlyInstanceOf(Extended.class);
    }

    private static PluginClass<Converter> found(Class<? extends Converter> type) {
        return new PluginClass<>(type, type.getClassLoader(), "4.3.1", "class path");
    }

    @Test
    void fusesRunsOfApachesTransformsAndLeavesTheOthersAlone() {
        assertThat(lengths(steps(INSERT, MASK, DAILY, ROUTE, MASK))).containsExactly(2, 0, 0, 2, 0);
        // A route alone has nothing to gain.
        assertThat(lengths(steps(ROUTE, DAILY))).containsExactly(0, 0);
        assertThat(lengths(steps(new RandomChain.Description(ExtendedInsert.class, INSERT.config()))))
                .containsExactly(0);
        assertThat(RecordPath.PLAIN.fuse(steps(INSERT, MASK))).containsOnlyNulls();
    }

    @Test
    void leavesAStepWithAPredicateAlone() {
        TransformChain.Step<SourceRecord> plain = INSERT.step("insert");
        TransformChain.Step<SourceRecord> guarded = new TransformChain.Step<>(
                "guarded",
                plain.transformation(),
                new TransformChain.Part<>(new RecordIsTombstone<>(), getClass().getClassLoader(), Map.of()),
                true);

        assertThat(lengths(List.of(plain, guarded, plain, MASK.step("mask")))).containsExactly(1, 0, 2, 0);
    }

    private static List<TransformChain.Step<SourceRecord>> steps(RandomChain.Description... described) {
        List<TransformChain.Step<SourceRecord>> steps = new ArrayList<>();
        for (RandomChain.Description one : described) {
            steps.add(one.step("t"));
        }
        return steps;
    }

    private static List<Integer> lengths(List<TransformChain.Step<SourceRecord>> steps) {
        return RecordPath.COMPILED.fuse(steps).stream()
                .map(fusion -> fusion == null ? 0 : fusion.length())
                .toList();
    }
}
