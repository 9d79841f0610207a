package io.millrace.expression;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/** Values from text and as text. Nothing is guessed: white space and other spellings are not accepted. */
final class Texts {
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,3})?");

    private Texts() {}

    static Optional<BigDecimal> decimal(String text) {
        return NUMBER.matcher(text).matches() ? Optional.of(Decimals.plain(new BigDecimal(text))) : Optional.empty();
    }

    static Optional<Double> number(String text) {
        return NUMBER.matcher(text).matches() ? Optional.of(Double.parseDouble(text)) : Optional.empty();
    }

    /** ISO-8601, such as 2026-01-31. */
    static Optional<LocalDate> date(String text) {
        try {
            return Optional.of(LocalDate.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** ISO-8601 with offset, or without, which is UTC; a space may stand for the T; cut at microseconds. */
    static Optional<Instant> timestamp(String text) {
        String iso =
                text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + "T" + text.substring(11) : text;
        try {
            return Optional.of(OffsetDateTime.parse(iso).toInstant().truncatedTo(ChronoUnit.MICROS));
        } catch (DateTimeException e) {
            return localTimestamp(iso);
        }
    }

    private static Optional<Instant> localTimestamp(String iso) {
        try {
            return Optional.of(
                    LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS));
        } catch (DateTimeException e) {
            return date(iso).map(day -> day.atStartOfDay(ZoneOffset.UTC).toInstant());
        }
    }

    /** A scalar as text: decimals without exponent, times in ISO-8601, bytes as UTF-8; empty for what has no text. */
    static Optional<String> of(Object value) {
        if (value instanceof String text) {
            return Optional.of(text);
        }
        if (value instanceof BigDecimal decimal) {
            return Optional.of(decimal.toPlainString());
        }
        if (value instanceof ByteBuffer bytes) {
            return utf8(bytes);
        }
        if (value instanceof Number
                || value instanceof Boolean
                || value instanceof Instant
                || value instanceof LocalDate) {
            return Optional.of(value.toString());
        }
        return Optional.empty();
    }

    private static Optional<String> utf8(ByteBuffer bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.duplicate())
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
