package io.millrace.layers.parse;

import io.millrace.pipeline.step.Parse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Lines of the common and the combined log format (Apache httpd, mod_log_config; nginx, {@code combined}):
 * {@code host ident user [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 235 "referer" "agent"}. A single {@code -} is null. Only
 * {@code \"} and {@code \\} are undone in what is quoted; {@code \x22} and the like stay as written.
 */
final class AccessLogRows implements RowParser {
    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
    private static final String TIME = "the time is not as in 17/May/2015:10:05:03 +0000";
    private static final int LOCAL_LENGTH = 20;

    private final RowBuilder rows;
    private final ZoneId zone;
    private final boolean combined;

    AccessLogRows(Parse declaration, boolean combined) {
        this.rows = new RowBuilder(declaration.row());
        this.zone = declaration.settings().zone();
        this.combined = combined;
    }

    @Override
    public Struct parse(String text, long arrival) {
        TextCursor cursor = new TextCursor(text);
        @Nullable Object[] values = new Object[rows.size()];
        values[0] = cursor.until(' ', "the client");
        cursor.expect(' ', "after the client");
        values[1] = orNull(cursor.until(' ', "the identity"));
        cursor.expect(' ', "after the identity");
        values[2] = orNull(user(cursor, text));
        cursor.expect('[', "before the time");
        values[3] = time(cursor);
        cursor.expect(']', "after the time");
        cursor.expect(' ', "after the time");
        request(cursor.quoted("the request"), values);
        cursor.expect(' ', "after the request");
        values[7] = number(cursor, "the status", 3);
        cursor.expect(' ', "after the status");
        values[8] = number(cursor, "the number of bytes", 18);
        if (combined) {
            cursor.expect(' ', "after the number of bytes");
            values[9] = orNull(cursor.quoted("the referer"));
            cursor.expect(' ', "after the referer");
            values[10] = orNull(cursor.quoted("the user agent"));
        }
        if (!cursor.atEnd()) {
            throw ParseFault.at(
                    cursor.at(),
                    "there is more than the format has; a line with fields of its own needs" + " 'format: regex'");
        }
        return rows.row(values);
    }

    /** A user may hold spaces; what follows is a space and a bracket. */
    private static String user(TextCursor cursor, String text) {
        int start = cursor.at();
        int end = text.indexOf(" [", start);
        if (end <= start) {
            throw ParseFault.at(start, "the user and the time are missing");
        }
        cursor.moveTo(end + 1);
        return text.substring(start, end);
    }

    private static @Nullable String orNull(String text) {
        return text.equals("-") ? null : text;
    }

    private static @Nullable Long number(TextCursor cursor, String what, int digits) {
        int start = cursor.at();
        String word = cursor.word(what);
        if (word.equals("-")) {
            return null;
        }
        if (word.length() > digits || !word.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw ParseFault.at(start, what + " is not a number of at most " + digits + " digits");
        }
        return Long.parseLong(word);
    }

    /** {@code METHOD path PROTOCOL}, the path with spaces perhaps; {@code METHOD path} of HTTP/0.9; else the whole text is the path. */
    private static void request(String request, @Nullable Object[] values) {
        int method = request.indexOf(' ');
        if (method < 1 || !request.chars().limit(method).allMatch(AccessLogRows::isOfMethod)) {
            values[5] = request;
            return;
        }
        int protocol = request.lastIndexOf(' ');
        boolean named = protocol > method && request.startsWith("HTTP/", protocol + 1);
        boolean oldest = protocol == method && method < request.length() - 1;
        if (!named && !oldest) {
            values[5] = request;
            return;
        }
        values[4] = request.substring(0, method);
        values[5] = request.substring(method + 1, named ? protocol : request.length());
        values[6] = named ? request.substring(protocol + 1) : null;
    }

    private static boolean isOfMethod(int c) {
        return (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    }

    private Instant time(TextCursor cursor) {
        int start = cursor.at();
        String text = cursor.until(']', "the time");
        try {
            int month = MONTHS.indexOf(text.substring(3, 6)) + 1;
            boolean separated = text.charAt(2) == '/'
                    && text.charAt(6) == '/'
                    && text.charAt(11) == ':'
                    && text.charAt(14) == ':'
                    && text.charAt(17) == ':';
            if (month == 0 || !separated) {
                throw ParseFault.at(start, TIME);
            }
            LocalDateTime local = LocalDateTime.of(
                    digits(text, 7, 11),
                    month,
                    digits(text, 0, 2),
                    digits(text, 12, 14),
                    digits(text, 15, 17),
                    digits(text, 18, 20));
            return local.atZone(text.length() == LOCAL_LENGTH ? zone : offset(text))
                    .toInstant();
        } catch (DateTimeException | IndexOutOfBoundsException | NumberFormatException e) {
            throw ParseFault.at(start, TIME);
        }
    }

    private static ZoneOffset offset(String text) {
        char sign = text.charAt(21);
        if (text.length() != 26 || text.charAt(20) != ' ' || (sign != '+' && sign != '-')) {
            throw new NumberFormatException();
        }
        int hours = digits(text, 22, 24);
        int minutes = digits(text, 24, 26);
        return sign == '-' ? ZoneOffset.ofHoursMinutes(-hours, -minutes) : ZoneOffset.ofHoursMinutes(hours, minutes);
    }

    /** Digits only: no sign, no space. */
    static int digits(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw new NumberFormatException();
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }
}
