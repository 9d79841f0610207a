package io.millrace.layers.parse;

import io.millrace.pipeline.step.Parse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Syslog as RFC 5424 and as RFC 3164 have it, line by line; the latter also as daemons write it to files, without priority, or with a time
 * of ISO 8601. A time without a year is the latest that is not more than a day after the arrival.
 */
final class SyslogRows implements RowParser {
    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
    private static final Duration AHEAD = Duration.ofDays(1);
    private static final int GREATEST_PRIORITY = 191;
    private static final int STAMP_LENGTH = 15;

    private final RowBuilder rows;
    private final ZoneId zone;

    SyslogRows(Parse declaration) {
        this.rows = new RowBuilder(declaration.row());
        this.zone = declaration.settings().zone();
    }

    @Override
    public Struct parse(String text, long arrival) {
        TextCursor cursor = new TextCursor(text);
        @Nullable Object[] values = new Object[rows.size()];
        boolean prioritised = cursor.startsWith('<');
        if (prioritised) {
            priority(cursor, values);
        }
        if (prioritised && text.startsWith("1 ", cursor.at())) {
            cursor.moveTo(cursor.at() + 2);
            structured(cursor, text, values);
        } else {
            plain(cursor, text, prioritised, arrival, values);
        }
        return rows.row(values);
    }

    private static void priority(TextCursor cursor, @Nullable Object[] values) {
        int start = cursor.at();
        cursor.expect('<', "before the priority");
        String digits = cursor.until('>', "the priority");
        boolean fits = digits.length() <= 3 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!fits || Integer.parseInt(digits) > GREATEST_PRIORITY) {
            throw ParseFault.at(start, "the priority is not a number from 0 to " + GREATEST_PRIORITY);
        }
        cursor.expect('>', "after the priority");
        long number = Integer.parseInt(digits);
        values[0] = number / 8;
        values[1] = number % 8;
    }

    /** RFC 5424, after the version. */
    private static void structured(TextCursor cursor, String text, @Nullable Object[] values) {
        int start = cursor.at();
        String time = cursor.word("the time");
        values[2] = time.equals("-") ? null : instant(time, start);
        String[] names = {"the host", "the application", "the process", "the message's id"};
        for (int i = 0; i < names.length; i++) {
            cursor.expect(' ', "before " + names[i]);
            String word = cursor.word(names[i]);
            values[3 + i] = word.equals("-") ? null : word;
        }
        cursor.expect(' ', "before the structured data");
        if (cursor.startsWith('-')) {
            cursor.moveTo(cursor.at() + 1);
        } else {
            values[7] = data(cursor, text);
        }
        if (!cursor.atEnd()) {
            cursor.expect(' ', "before the message");
            values[8] = message(cursor.rest());
        }
    }

    private static Map<String, String> data(TextCursor cursor, String text) {
        Map<String, String> data = new LinkedHashMap<>();
        if (!cursor.startsWith('[')) {
            throw ParseFault.at(cursor.at(), "the structured data is missing: '[' or '-' is expected");
        }
        while (cursor.startsWith('[')) {
            cursor.moveTo(cursor.at() + 1);
            String id = name(cursor, text, " ]", "an element's id");
            while (cursor.startsWith(' ')) {
                cursor.moveTo(cursor.at() + 1);
                int start = cursor.at();
                String name = name(cursor, text, "= ]", "a parameter's name");
                cursor.expect('=', "after a parameter's name");
                String value = cursor.quoted("a parameter's value", "\"\\]", "\"\\]");
                if (data.put(id + "." + name, value) != null) {
                    throw ParseFault.at(start, "a parameter is there twice");
                }
            }
            cursor.expect(']', "after an element");
        }
        return data;
    }

    private static String name(TextCursor cursor, String text, String ends, String what) {
        int start = cursor.at();
        int end = start;
        while (end < text.length() && ends.indexOf(text.charAt(end)) < 0) {
            end++;
        }
        if (end == start) {
            throw ParseFault.at(start, what + " is missing");
        }
        cursor.moveTo(end);
        return text.substring(start, end);
    }

    /** RFC 3164 and files: time, host, tag, message. */
    private void plain(TextCursor cursor, String text, boolean prioritised, long arrival, @Nullable Object[] values) {
        int start = cursor.at();
        Instant time = time(cursor, text, arrival);
        if (time == null) {
            if (!prioritised) {
                throw ParseFault.at(start, "there is neither a priority nor a time as in 'Oct 11 22:14:15'");
            }
            values[8] = message(cursor.rest());
            return;
        }
        values[2] = time;
        cursor.expect(' ', "after the time");
        int wordStart = cursor.at();
        String word = cursor.word("the host");
        if (word.endsWith(":") || word.indexOf('[') > 0) {
            // A daemon's own socket names no host.
            cursor.moveTo(wordStart);
        } else {
            values[3] = word;
            if (cursor.startsWith(' ')) {
                cursor.moveTo(cursor.at() + 1);
            }
        }
        tag(cursor, text, values);
    }

    /** {@code app[process]: message} or {@code app: message}; all is the message where there is no tag. */
    private static void tag(TextCursor cursor, String text, @Nullable Object[] values) {
        int start = cursor.at();
        int end = start;
        while (end < text.length() && " :[".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        int after = end;
        String process = null;
        if (end < text.length() && text.charAt(end) == '[') {
            int close = text.indexOf(']', end);
            if (close > 0) {
                process = text.substring(end + 1, close);
                after = close + 1;
            }
        }
        if (end > start && after < text.length() && text.charAt(after) == ':') {
            values[4] = text.substring(start, end);
            values[5] = process;
            cursor.moveTo(after + 1);
            if (cursor.startsWith(' ')) {
                cursor.moveTo(after + 2);
            }
        }
        values[8] = message(cursor.rest());
    }

    /** Null, and the cursor stays, where no time stands. */
    private @Nullable Instant time(TextCursor cursor, String text, long arrival) {
        int start = cursor.at();
        if (start < text.length() && text.charAt(start) >= '0' && text.charAt(start) <= '9') {
            return instant(cursor.word("the time"), start);
        }
        if (text.length() < start + STAMP_LENGTH || !MONTHS.contains(text.substring(start, start + 3))) {
            return null;
        }
        String stamp = text.substring(start, start + STAMP_LENGTH);
        try {
            int month = MONTHS.indexOf(stamp.substring(0, 3)) + 1;
            int day = AccessLogRows.digits(stamp, stamp.charAt(4) == ' ' ? 5 : 4, 6);
            int hour = AccessLogRows.digits(stamp, 7, 9);
            int minute = AccessLogRows.digits(stamp, 10, 12);
            int second = AccessLogRows.digits(stamp, 13, 15);
            cursor.moveTo(start + STAMP_LENGTH);
            return latest(month, day, hour, minute, second, Instant.ofEpochMilli(arrival), start);
        } catch (NumberFormatException e) {
            throw ParseFault.at(start, "the time is not as in 'Oct 11 22:14:15'");
        }
    }

    private Instant latest(int month, int day, int hour, int minute, int second, Instant arrival, int at) {
        int year = arrival.atZone(zone).getYear();
        // Four years back reaches the last February 29, but for the turn of a century.
        for (int candidate = year + 1; candidate >= year - 8; candidate--) {
            try {
                Instant time = LocalDateTime.of(candidate, month, day, hour, minute, second)
                        .atZone(zone)
                        .toInstant();
                if (!time.isAfter(arrival.plus(AHEAD))) {
                    return time;
                }
            } catch (DateTimeException e) {
                if (month != 2 || day != 29) {
                    throw ParseFault.at(at, "there is no such time");
                }
            }
        }
        throw ParseFault.at(at, "there is no such time");
    }

    private static Instant instant(String text, int at) {
        try {
            return OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS);
        } catch (DateTimeException e) {
            throw ParseFault.at(at, "the time is not as in 2003-10-11T22:14:15.003Z");
        }
    }

    /** Without the byte order mark that RFC 5424 puts before UTF-8. */
    private static @Nullable String message(String text) {
        String bare = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return bare.isEmpty() ? null : bare;
    }
}
