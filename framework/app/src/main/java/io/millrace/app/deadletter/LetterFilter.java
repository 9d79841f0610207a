package io.millrace.app.deadletter;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Which dead letters are meant: those for which all holds that is set.
 *
 * @param stage the stage, or a beginning of it that ends at a dot: {@code cleaned.orders} for all of its steps
 * @param ids as {@link Letter#id()} says them, or without the topic; none for any
 */
public record LetterFilter(
        Optional<String> stage,
        Optional<String> rule,
        Optional<String> group,
        Optional<Instant> since,
        Set<String> ids) {
    public static final LetterFilter ALL =
            new LetterFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Set.of());

    public LetterFilter {
        ids = Set.copyOf(ids);
    }

    public boolean isEmpty() {
        return equals(ALL);
    }

    public boolean takes(Letter letter) {
        return stage.map(wanted ->
                                letter.stage().equals(wanted) || letter.stage().startsWith(wanted + "."))
                        .orElse(true)
                && rule.map(letter.rule()::equals).orElse(true)
                && group.map(letter.group()::equals).orElse(true)
                && since.map(instant -> !letter.at().isBefore(instant)).orElse(true)
                && (ids.isEmpty() || ids.contains(letter.id()) || ids.contains(shortId(letter)));
    }

    /** {@code 0@17}. */
    private static String shortId(Letter letter) {
        return letter.read().partition() + "@" + letter.read().offset();
    }
}
