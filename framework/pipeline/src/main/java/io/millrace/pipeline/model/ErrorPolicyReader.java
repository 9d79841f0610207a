package io.millrace.pipeline.model;

import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlScalar;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads {@code on_error}. What has no meaning where it stands is refused, never ignored. */
final class ErrorPolicyReader {
    private static final List<String> FIELDS = List.of("retry", "backoff", "then", "stop_if");

    /** Where a policy stands: a stream has nothing that it could try again. */
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
        if (scope == Scope.STREAM) {
            List.of("retry", "backoff").forEach(word -> map.entry(word)
                    .ifPresent(entry -> refuseRetry(word, entry.keyPlace(), diagnostics)));
        }
        Optional<StopIf> stopIf = fields.value("stop_if", StopIf::parse, StopIf.FORM);
        return new ErrorPolicy(retry, backoff, fields.scalar("then").flatMap(then -> then(then, diagnostics)), stopIf);
    }

    /** The steps of a stream work on one record alone: what they throw on it they throw again. */
    private static void refuseRetry(String word, Place place, Diagnostics diagnostics) {
        diagnostics.error(
                "pipeline.stream-retry",
                place,
                "'" + word
                        + "' has no meaning for a stream: its steps reach nothing outside, so a record that fails there"
                        + " once fails there always.",
                "Write 'then: dead_letter', 'skip' or 'stop' here, and '" + word
                        + "' on a source or a sink, or under 'defaults' for all of them.");
    }

    private static Optional<ErrorPolicy.Then> then(YamlScalar then, Diagnostics diagnostics) {
        switch (then.text()) {
            case "dead_letter":
                return Optional.of(ErrorPolicy.Then.DEAD_LETTER);
            case "skip":
                return Optional.of(ErrorPolicy.Then.SKIP);
            case "stop":
                return Optional.of(ErrorPolicy.Then.STOP);
            default:
                Fields.badValue("then", then, "dead_letter, skip or stop", diagnostics);
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
