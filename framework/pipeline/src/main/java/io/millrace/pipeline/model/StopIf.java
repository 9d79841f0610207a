package io.millrace.pipeline.model;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code stop_if: 5% over 5m}: the stage stops when more than this share of its records are dead letters.
 *
 * @param percent of the records of the window, 0 or more and below 100; the hundred records that a window needs are the framework's
 * @param window at least a second
 */
public record StopIf(double percent, Duration window) {
    static final String FORM = "a share and a window, 5% over 5m: below 100%, and at least 1s";

    private static final Pattern TEXT = Pattern.compile("(\\d{1,2}(?:\\.\\d{1,3})?)\\s*%\\s+over\\s+(\\S+)");
    private static final Duration LEAST = Duration.ofSeconds(1);

    static StopIf parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        Duration window = Durations.parse(matcher.group(2));
        if (window.compareTo(LEAST) < 0) {
            throw new IllegalArgumentException(text);
        }
        return new StopIf(Double.parseDouble(matcher.group(1)), window);
    }
}
