package io.millrace.connectors.common;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes ({@code 128MB}) and durations ({@code 10m}) as users write them. */
public final class Quantity {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,12}) ?(B|KB|MB|GB|KIB|MIB|GIB|)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12}) ?(ms|s|m|h|d)");

    private Quantity() {}

    /** Bytes; MB and MiB both mean 1024 x 1024. Empty when the text is not a size, or is none above zero. */
    public static Optional<Long> bytes(String text) {
        Matcher size = SIZE.matcher(text.trim().toUpperCase(Locale.ROOT));
        if (!size.matches()) {
            return Optional.empty();
        }
        long unit =
                switch (size.group(2)) {
                    case "KB", "KIB" -> 1L << 10;
                    case "MB", "MIB" -> 1L << 20;
                    case "GB", "GIB" -> 1L << 30;
                    default -> 1L;
                };
        long number = Long.parseLong(size.group(1));
        return number == 0 || number > Long.MAX_VALUE / unit ? Optional.empty() : Optional.of(number * unit);
    }

    /** Empty when the text is not a duration, or is none above zero. */
    public static Optional<Duration> duration(String text) {
        Matcher duration = DURATION.matcher(text.trim());
        if (!duration.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(duration.group(1));
        if (number == 0) {
            return Optional.empty();
        }
        return Optional.of(
                switch (duration.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    default -> Duration.ofHours(24 * number);
                });
    }

    public static Optional<Trouble> sizeTrouble(String text) {
        return bytes(text).isPresent()
                ? Optional.empty()
                : Optional.of(new Trouble(
                        "'" + text + "' is not a size.",
                        "Write a whole number above zero and a unit, for example '128MB'; units: [B, KB, MB, GB]."));
    }

    public static Optional<Trouble> durationTrouble(String text) {
        return duration(text).isPresent()
                ? Optional.empty()
                : Optional.of(new Trouble(
                        "'" + text + "' is not a duration.",
                        "Write a whole number above zero and a unit, for example '10m'; units: [ms, s, m, h, d]."));
    }
}
