package io.millrace.pipeline.model;

import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlScalar;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads {@code on_error}. What the framework does not do yet is refused, never ignored. */
final class ErrorPolicyReader {
    private static final List<String> FIELDS = List.of("retry", "backoff", "then", "stop_if");

    /** Where a policy stands: only a connector can be told to stop yet. */
    enum Scope {
        DEFAULTS,
        STREAM,
        CONNECTOR
    }

    private ErrorPolicyReader() {}

    static ErrorPolicy read(Optional<YamlMap> written, Scope scope, Diagnostics diagnostics) {
        if (written.isEmpty()) {
            return ErrorPolicy.NONE;
        }
        YamlMap map = written.get();
        Fields fields = Fields.of(map, map.place(), "on_error", FIELDS, diagnostics);
        Optional<Integer> retry = fields.integer("retry", 0, 1000);
        Optional<ErrorPolicy.Backoff> backoff =
                fields.value("backoff", ErrorPolicyReader::backoff, "one duration or a range, 1s or 1s..1m");
        if (scope == Scope.STREAM
                && (map.get("retry").isPresent() || map.get("backoff").isPresent())) {
            NotYet.tell(
                    "'retry' and 'backoff' of a stream are not there yet",
                    map.place(),
                    "Write them on a source or a sink.",
                    diagnostics);
        }
        Optional<StopIf> stopIf = fields.value("stop_if", StopIf::parse, StopIf.FORM);
        return new ErrorPolicy(
                retry, backoff, fields.scalar("then").flatMap(then -> then(then, scope, diagnostics)), stopIf);
    }

    private static Optional<ErrorPolicy.Then> then(YamlScalar then, Scope scope, Diagnostics diagnostics) {
        switch (then.text()) {
            case "dead_letter":
                return Optional.of(ErrorPolicy.Then.DEAD_LETTER);
            case "stop":
                if (scope != Scope.CONNECTOR) {
                    NotYet.tell(
                            "'then: stop' is not there yet for streams",
                            then.place(),
                            "Write it on a source or a sink, or use dead_letter.",
                            diagnostics);
                }
                return Optional.of(ErrorPolicy.Then.STOP);
            case "skip":
                NotYet.tell("'then: skip' is not there yet", then.place(), "Use dead_letter or stop.", diagnostics);
                return Optional.empty();
            default:
                Fields.badValue("then", then, "dead_letter or stop", diagnostics);
                return Optional.empty();
        }
    }

    private static ErrorPolicy.Backoff backoff(String text) {
        int dots = text.indexOf("..");
        Duration first = Durations.parse(dots < 0 ? text : text.substring(0, dots));
        Duration longest = dots < 0 ? first : Durations.parse(text.substring(dots + 2));
        if (first.isZero() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(text);
        }
        return new ErrorPolicy.Backoff(first, longest);
    }
}
