package io.millrace.app.command;

import io.millrace.app.deadletter.LetterFilter;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters a command is about. */
public final class LetterChoice {
    private static final Pattern AGO = Pattern.compile("(\\d{1,6})(s|m|h|d)");
    private static final Pattern ID = Pattern.compile("(?:[a-zA-Z0-9._-]+-)?\\d+@\\d+|\\d+");

    @Option(names = "--stage", description = "Of this stage: source:<name>, sink:<name>, a stream, or <stream>.<step>.")
    private @Nullable String stage;

    @Option(names = "--rule", description = "Of this rule.")
    private @Nullable String rule;

    @Option(names = "--group", description = "Of this group, as 'deadletter groups' shows it.")
    private @Nullable String group;

    @Option(names = "--since", description = "Of records that arrived since: 10m, 2h, 3d, or 2026-01-31T12:00:00Z.")
    private @Nullable String since;

    /**
     * @param ids as typed: {@code deadletter.shop-0@17}, {@code 0@17} or {@code 17}
     * @throws ProblemException YOURS, {@code cli.bad-value}
     */
    LetterFilter filter(List<String> ids, Instant now) {
        return new LetterFilter(
                Optional.ofNullable(stage),
                Optional.ofNullable(rule),
                Optional.ofNullable(group),
                Optional.ofNullable(since).map(text -> since(text, now)),
                ids(ids));
    }

    static Set<String> ids(List<String> typed) {
        return typed.stream().map(LetterChoice::id).collect(Collectors.toSet());
    }

    private static String id(String typed) {
        if (!ID.matcher(typed).matches()) {
            throw bad(typed, "<id>", "Write one as 'deadletter list' shows it, or its last part: 0@17.");
        }
        return typed.contains("@") ? typed : "0@" + typed;
    }

    private static Instant since(String text, Instant now) {
        Matcher matcher = AGO.matcher(text);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            return now.minus(
                    switch (matcher.group(2)) {
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ofDays(amount);
                    });
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw bad(text, "--since", "Write how long ago, 10m, 2h or 3d, or an instant, 2026-01-31T12:00:00Z.");
        }
    }

    static ProblemException bad(String value, String option, String remedy) {
        return new ProblemException(
                ExitCode.YOURS,
                Problem.error("cli.bad-value", "", "'" + value + "' is no value for '" + option + "'.", remedy));
    }
}
