package io.millrace.connectors.jdbc.table;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;

/**
 * Values as a database reads them: text, or an array of bytes. What does not fit into its column is found here, so that the column can be named and
 * no round trip is lost on it. Immutable.
 */
public final class ColumnText {
    private static final int MOST_WHOLE_DIGITS = 131_072;
    private static final int MOST_FRACTION_DIGITS = 16_383;
    private static final double EXACT_WHOLE = 1L << 53;

    private static final DateTimeFormatter DAY = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4, 6, SignStyle.NORMAL)
            .appendPattern("-MM-dd")
            .toFormatter(java.util.Locale.ROOT);
    private static final DateTimeFormatter TIME_OF_DAY =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", java.util.Locale.ROOT);

    private final TextRules rules;

    public ColumnText(TextRules rules) {
        this.rules = rules;
    }

    /**
     * @param value normalised, see {@link FieldTypes}
     * @param from the type of the field
     * @return a String or a byte array
     * @throws RowRejected when the column cannot hold the value whole
     */
    public Object of(Object value, ColumnType from, Column to) {
        return switch (to.type().kind()) {
            case BOOLEAN -> from.kind() == Kind.BOOLEAN ? flag(value) : conflict(from, to);
            case INT16 -> wholeText(value, from, to, Short.MIN_VALUE, Short.MAX_VALUE);
            case INT32 -> wholeText(value, from, to, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case INT64 -> wholeText(value, from, to, Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT32 -> from.kind() == Kind.FLOAT32 ? finite(value, to) : conflict(from, to);
            case FLOAT64 -> doubleText(value, from, to);
            case DECIMAL -> decimalText(value, from, to);
            case TEXT -> from.kind() == Kind.BYTES ? conflict(from, to) : text(plain(value, from, to), to);
            case BYTES -> from.kind() == Kind.BYTES ? bytes((byte[]) value, to) : conflict(from, to);
            case DATE -> from.kind() == Kind.DATE ? day(value, to).format(DAY) : conflict(from, to);
            case TIME -> from.kind() == Kind.TIME ? timeOfDay(value, to) : conflict(from, to);
            case TIMESTAMP -> instantText(value, from, to);
            case JSON -> from.kind() == Kind.JSON ? json((String) value, to) : conflict(from, to);
            case OTHER -> from.kind() == Kind.TEXT ? text((String) value, to) : conflict(from, to);
        };
    }

    /** A value as text for a column of text. */
    private String plain(Object value, ColumnType from, Column to) {
        return switch (from.kind()) {
            case BOOLEAN -> value.toString();
            case DECIMAL -> limited((BigDecimal) value, to).toPlainString();
            case DATE -> day(value, to).format(DAY);
            case TIME -> timeOfDay(value, to);
            case TIMESTAMP -> instant(value, to) + "Z";
            default -> value.toString();
        };
    }

    private String flag(Object value) {
        return (Boolean) value ? rules.yes() : rules.no();
    }

    private static String wholeText(Object value, ColumnType from, Column to, long least, long most) {
        long number;
        if (from.kind().integer()) {
            number = (Long) value;
        } else if (from.kind() == Kind.BOOLEAN && to.type().kind() == Kind.INT16) {
            number = (Boolean) value ? 1 : 0;
        } else if (from.kind() == Kind.DECIMAL) {
            try {
                number = limited((BigDecimal) value, to).longValueExact();
            } catch (ArithmeticException e) {
                throw outOfRange(from, to);
            }
        } else {
            throw conflict(from, to);
        }
        if (number < least || number > most) {
            throw outOfRange(from, to);
        }
        return Long.toString(number);
    }

    private String doubleText(Object value, ColumnType from, Column to) {
        if (from.kind() == Kind.FLOAT64) {
            return finite(value, to);
        }
        if (from.kind() == Kind.FLOAT32) {
            // by way of its shortest text, so that 0.1 stays 0.1
            return finite(value, to);
        }
        if (from.kind().integer()) {
            if (Math.abs((double) (Long) value) > EXACT_WHOLE) {
                throw outOfRange(from, to);
            }
            return value.toString();
        }
        throw conflict(from, to);
    }

    private String finite(Object value, Column to) {
        if (!rules.takesNotFinite() && !Double.isFinite(((Number) value).doubleValue())) {
            throw notFinite(to);
        }
        return value.toString();
    }

    private static String decimalText(Object value, ColumnType from, Column to) {
        BigDecimal number;
        if (from.kind() == Kind.DECIMAL) {
            number = (BigDecimal) value;
        } else if (from.kind().integer()) {
            number = BigDecimal.valueOf((Long) value);
        } else if (from.kind() == Kind.FLOAT32 || from.kind() == Kind.FLOAT64) {
            if (!Double.isFinite(((Number) value).doubleValue())) {
                throw notFinite(to);
            }
            number = new BigDecimal(value.toString());
        } else {
            throw conflict(from, to);
        }
        limited(number, to);
        int scale = to.type().scale();
        BigDecimal rounded = scale < 0 ? number : number.setScale(scale, RoundingMode.HALF_UP);
        int size = to.type().size();
        if (size > 0 && rounded.signum() != 0 && rounded.precision() - rounded.scale() > size - scale) {
            throw outOfRange(from, to);
        }
        return rounded.toPlainString();
    }

    /** Keeps a number such as 1E+1000000000 from becoming text. */
    private static BigDecimal limited(BigDecimal number, Column to) {
        if ((long) number.precision() - number.scale() > MOST_WHOLE_DIGITS || number.scale() > MOST_FRACTION_DIGITS) {
            throw new RowRejected(
                    "out-of-range", "a number of column '" + to.name() + "' has more digits than a database takes.");
        }
        return number;
    }

    private String text(String value, Column to) {
        int size = to.type().size();
        if (size > 0 && value.length() > size && value.codePointCount(0, value.length()) > size) {
            throw new RowRejected(
                    "too-long",
                    "the text of column '" + to.name() + "' has " + value.codePointCount(0, value.length())
                            + " characters, '" + to.type() + "' takes " + size + ".");
        }
        checkCharacters(value, to);
        return value;
    }

    private String json(String value, Column to) {
        checkCharacters(value, to);
        if (!rules.takesNul() && value.contains("\\u0000")) {
            throw nul(to);
        }
        return value;
    }

    private void checkCharacters(String value, Column to) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == 0 && !rules.takesNul()) {
                throw nul(to);
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    throw new RowRejected(
                            "text", "the text of column '" + to.name() + "' holds half of a surrogate pair.");
                }
                i++;
            }
        }
    }

    private static byte[] bytes(byte[] value, Column to) {
        int size = to.type().size();
        if (size > 0 && value.length > size) {
            throw new RowRejected(
                    "too-long",
                    "column '" + to.name() + "' would hold " + value.length + " bytes, '" + to.type() + "' takes "
                            + size + ".");
        }
        return value;
    }

    private LocalDate day(Object value, Column to) {
        try {
            LocalDate day = LocalDate.ofEpochDay((Long) value);
            if (day.getYear() >= rules.firstYear() && day.getYear() <= rules.lastYear()) {
                return day;
            }
        } catch (DateTimeException e) {
            // said below, as for every other day out of range
        }
        throw yearOutOfRange(to);
    }

    private static String timeOfDay(Object value, Column to) {
        try {
            return LocalTime.ofNanoOfDay(Math.multiplyExact((Long) value, 1000L))
                    .format(TIME_OF_DAY);
        } catch (DateTimeException | ArithmeticException e) {
            throw new RowRejected("out-of-range", "the value of column '" + to.name() + "' is not a time of day.");
        }
    }

    private String instantText(Object value, ColumnType from, Column to) {
        if (from.kind() == Kind.DATE) {
            return day(value, to).format(DAY) + " 00:00:00" + rules.zone();
        }
        return from.kind() == Kind.TIMESTAMP ? instant(value, to) + rules.zone() : conflictText(from, to);
    }

    private String instant(Object value, Column to) {
        long micros = (Long) value;
        LocalDateTime time;
        try {
            time = LocalDateTime.ofEpochSecond(
                    Math.floorDiv(micros, 1_000_000L), (int) Math.floorMod(micros, 1_000_000L) * 1000, ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw yearOutOfRange(to);
        }
        if (time.getYear() < rules.firstYear() || time.getYear() > rules.lastYear()) {
            throw yearOutOfRange(to);
        }
        return time.format(DAY) + " " + time.format(TIME_OF_DAY);
    }

    private RowRejected yearOutOfRange(Column to) {
        return new RowRejected(
                "out-of-range",
                "the time of column '" + to.name() + "' is not in the years " + rules.firstYear() + " to "
                        + rules.lastYear() + ".");
    }

    private static String conflictText(ColumnType from, Column to) {
        throw conflict(from, to);
    }

    private static RowRejected nul(Column to) {
        return new RowRejected(
                "nul-character",
                "the text of column '" + to.name() + "' holds the character NUL, which the database refuses.");
    }

    private static RowRejected notFinite(Column to) {
        return new RowRejected(
                "not-finite",
                "the number of column '" + to.name() + "' is NaN or infinite, which '" + to.type() + "' cannot hold.");
    }

    private static RowRejected outOfRange(ColumnType from, Column to) {
        return new RowRejected(
                "out-of-range",
                "a value of type '" + from + "' is out of the range of column '" + to.name() + "' of type '" + to.type()
                        + "'.");
    }

    private static RowRejected conflict(ColumnType from, Column to) {
        throw new RowRejected(
                "type",
                "the field is of type '" + from + "', column '" + to.name() + "' of type '"
                        + (to.type().kind() == Kind.OTHER
                                ? to.sqlType()
                                : to.type().toString())
                        + "'. Cast the field in the pipeline, or alter the column.");
    }
}
