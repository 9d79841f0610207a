package io.millrace.pipeline.check;

import io.millrace.expression.Expression;
import io.millrace.expression.type.DataType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.model.Durations;
import io.millrace.pipeline.model.Fields;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.step.Window;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The check of window. */
final class WindowStep {
    private static final List<String> SHAPES = List.of("tumbling", "hopping", "session");
    private static final List<String> FIELDS =
            List.of("tumbling", "hopping", "session", "every", "by", "time", "grace", "emit", "keep", "idle");
    /** What has no meaning over a table, which has no late rows and is never complete. */
    private static final List<String> OF_EVENTS = List.of("grace", "emit", "keep", "idle");

    private static final Duration KEEP = Duration.ofDays(7);
    private static final Duration IDLE = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofDays(3660);
    /** A record is in so many hopping windows, and each of them is written. */
    private static final int MOST_WINDOWS = 1_000;

    private WindowStep() {}

    /** A window with no aggregate beside it. */
    static Optional<Step> alone(Place place, YamlNode body, StepScope scope) {
        scope.diagnostics()
                .error(
                        "pipeline.window-alone",
                        place,
                        "'window' has no 'aggregate' beside it.",
                        "Write both in one step: - window: {...}, and 'aggregate: {...}' under it in the same column.");
        return Optional.empty();
    }

    static Optional<Window> check(YamlMap map, Place place, StepScope scope) {
        int before = scope.diagnostics().errors();
        Fields fields = Fields.of(map, place, "window", FIELDS, scope.diagnostics());
        List<YamlMap.Entry> shapes =
                map.entries().stream().filter(it -> SHAPES.contains(it.key())).toList();
        if (shapes.size() != 1) {
            scope.diagnostics()
                    .error(
                            "pipeline.window-shape",
                            place,
                            "A window is one of tumbling, hopping and session; this one "
                                    + (shapes.isEmpty()
                                            ? "is none of them."
                                            : "has "
                                                    + shapes.stream()
                                                            .map(YamlMap.Entry::key)
                                                            .toList() + "."),
                            "Write one: tumbling: <length>, hopping: <length> with every: <distance>, or session: <gap>.");
            return Optional.empty();
        }
        Optional<Expression> time = time(fields, scope);
        Optional<Window.Shape> shape =
                Optional.of(Window.Shape.valueOf(shapes.get(0).key().toUpperCase(Locale.ROOT)));
        Optional<Duration> size = duration(fields, shapes.get(0).key(), true);
        Optional<Duration> every = every(fields, map, shape.get(), size, place, scope);
        Optional<Duration> grace = duration(fields, "grace", false);
        Optional<Duration> keep = duration(fields, "keep", false);
        Optional<Duration> idle = duration(fields, "idle", true);
        Window.Emit emit = emit(fields, scope);
        if (scope.isTable()) {
            overTable(map, shape.get(), shapes.get(0).keyPlace(), scope);
        } else {
            map.entry("idle").filter(it -> emit != Window.Emit.FINAL).ifPresent(it -> scope.diagnostics()
                    .error(
                            "pipeline.window-idle",
                            it.keyPlace(),
                            "'idle' is for 'emit: final': with 'emit: changes' a window is written when it"
                                    + " changes.",
                            "Leave it out."));
        }
        if (scope.diagnostics().errors() > before || time.isEmpty() || size.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Window(
                shape.get(),
                size.get(),
                every.orElse(size.get()),
                time.get(),
                grace.orElse(Duration.ZERO),
                emit,
                keep.orElse(KEEP),
                idle.orElse(IDLE)));
    }

    private static Optional<Expression> time(Fields fields, StepScope scope) {
        fields.require("time");
        Optional<YamlScalar> text = fields.scalar("time");
        Optional<Expression> time =
                text.flatMap(it -> scope.expressions().compile(it, scope.row(), scope.keyType(), scope.diagnostics()));
        time.map(Expression::type).filter(type -> !isTime(type)).ifPresent(type -> scope.diagnostics()
                .error(
                        "pipeline.window-time",
                        text.orElseThrow().place(),
                        "'" + text.get().text() + "' is " + type.text() + ", not a time.",
                        "Give a timestamp or a date: timestamp(x) makes one."));
        return time;
    }

    private static boolean isTime(DataType type) {
        return type == ScalarType.TIMESTAMP || type == ScalarType.DATE || type == ScalarType.UNKNOWN;
    }

    private static Optional<Duration> duration(Fields fields, String name, boolean positive) {
        return fields.value(
                name,
                text -> {
                    Duration duration = Durations.parse(text);
                    if (positive && duration.isZero() || duration.compareTo(LONGEST) > 0) {
                        throw new IllegalArgumentException(text);
                    }
                    return duration;
                },
                Durations.FORM + (positive ? "; more than 0 and at most 3660d" : "; at most 3660d"));
    }

    private static Optional<Duration> every(
            Fields fields, YamlMap map, Window.Shape shape, Optional<Duration> size, Place place, StepScope scope) {
        if (shape != Window.Shape.HOPPING) {
            map.entry("every").ifPresent(it -> scope.diagnostics()
                    .error(
                            "pipeline.window-every",
                            it.keyPlace(),
                            "'every' is for hopping windows.",
                            "Leave it out, or write hopping: <length>."));
            return Optional.empty();
        }
        fields.require("every");
        Optional<Duration> every = duration(fields, "every", true);
        if (size.isPresent() && every.isPresent()) {
            long micros = size.get().toMillis();
            long step = every.get().toMillis();
            if (step > micros || (micros + step - 1) / step > MOST_WINDOWS) {
                scope.diagnostics()
                        .error(
                                "pipeline.window-every",
                                map.entry("every").map(YamlMap.Entry::keyPlace).orElse(place),
                                step > micros
                                        ? "'every' is longer than the window: records between two windows would be lost."
                                        : "A record would be in " + (micros + step - 1) / step + " windows.",
                                step > micros
                                        ? "Make 'every' at most the length of the window."
                                        : "Make 'every' longer: at most " + MOST_WINDOWS + " windows.");
            }
        }
        return every;
    }

    private static Window.Emit emit(Fields fields, StepScope scope) {
        Optional<YamlScalar> emit = fields.scalar("emit");
        if (emit.isEmpty() || emit.get().text().equals("changes")) {
            return Window.Emit.CHANGES;
        }
        if (!emit.get().text().equals("final")) {
            Fields.badValue("emit", emit.get(), "changes or final", scope.diagnostics());
        }
        return Window.Emit.FINAL;
    }

    private static void overTable(YamlMap map, Window.Shape shape, Place place, StepScope scope) {
        if (shape != Window.Shape.TUMBLING) {
            scope.diagnostics()
                    .error(
                            "pipeline.window-table",
                            place,
                            "A " + shape.name().toLowerCase(Locale.ROOT) + " window is for events, and "
                                    + scope.stream() + " is a table.",
                            "Over a table write tumbling: it groups the rows by the window their time is in.");
        }
        for (YamlMap.Entry entry : map.entries()) {
            if (OF_EVENTS.contains(entry.key())) {
                scope.diagnostics()
                        .error(
                                "pipeline.window-table",
                                entry.keyPlace(),
                                "'" + entry.key() + "' is for windows over events, and " + scope.stream()
                                        + " is a table: a row is never late, and each change is written.",
                                "Leave it out.");
            }
        }
    }
}
