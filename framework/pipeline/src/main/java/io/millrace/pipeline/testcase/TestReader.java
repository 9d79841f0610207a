package io.millrace.pipeline.testcase;

import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads and checks the tests of one pipeline, whose streams are known by then. */
public final class TestReader {
    private static final List<String> FIELDS = List.of("name", "at", "given", "expect");

    private final TestScope scope;
    private final Diagnostics diagnostics;
    private final Map<String, Place> names = new HashMap<>();

    private TestReader(TestScope scope) {
        this.scope = scope;
        this.diagnostics = scope.diagnostics();
    }

    /** The tests as far as they can be read; what is wrong is told to the diagnostics. */
    public static List<TestCase> read(
            List<YamlList> lists, List<RawStreamPlan> raw, List<StreamPlan> streams, Diagnostics diagnostics) {
        TestReader reader = new TestReader(TestScope.of(raw, streams, diagnostics));
        List<TestCase> tests = new ArrayList<>();
        for (YamlList list : lists) {
            for (YamlNode item : list.items()) {
                Fields.map("a test", item, diagnostics).flatMap(reader::test).ifPresent(tests::add);
            }
        }
        return tests;
    }

    private Optional<TestCase> test(YamlMap map) {
        Fields fields = Fields.of(map, map.place(), "a test", FIELDS, diagnostics);
        Optional<YamlScalar> name = fields.requiredScalar("name");
        name.ifPresent(this::once);
        Instant start = fields.value("at", TypedValues::instant, "a time with its zone: 2026-01-31T12:00:00Z")
                .orElse(TestCase.START);
        boolean whole = fields.require("given") & fields.require("expect");
        if (!whole || name.isEmpty()) {
            return Optional.empty();
        }
        List<TestCase.Event> given = map.get("given")
                .map(node -> new GivenReader(scope, start).read(node))
                .orElse(List.of());
        Optional<Expected> expected = fields.map("expect").map(node -> new ExpectReader(scope).read(node));
        return expected.map(it -> new TestCase(name.get().text(), map.place(), start, given, it));
    }

    private void once(YamlScalar name) {
        Place first = names.putIfAbsent(name.text(), name.place());
        if (first != null) {
            diagnostics.error(
                    "test.duplicate-name",
                    name.place(),
                    "'" + name.text() + "' is the name of another test too, at line " + first.line() + ".",
                    "Give each test a name of its own: results are found by it.");
        }
    }
}
