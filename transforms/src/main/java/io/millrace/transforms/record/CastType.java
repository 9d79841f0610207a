package io.millrace.transforms.record;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * A type to cast to.
 *
 * @param precision of a decimal: how many digits it has at most
 * @param scale of a decimal: how many of them stand after the point
 */
public record CastType(Kind kind, int precision, int scale) {
    /** What {@link #parse} takes. */
    public static final String NAMES =
            "string, int8, int16, int32, int64, float, double, boolean, bytes and decimal(precision,scale)";

    private static final int MOST_DIGITS = 1000;
    private static final Pattern DECIMAL = Pattern.compile("decimal\\(\\s*(\\d{1,4})\\s*,\\s*(\\d{1,4})\\s*\\)");

    /** The kinds of type. */
    public enum Kind {
        STRING(Schema.Type.STRING),
        INT8(Schema.Type.INT8),
        INT16(Schema.Type.INT16),
        INT32(Schema.Type.INT32),
        INT64(Schema.Type.INT64),
        FLOAT(Schema.Type.FLOAT32),
        DOUBLE(Schema.Type.FLOAT64),
        BOOLEAN(Schema.Type.BOOLEAN),
        BYTES(Schema.Type.BYTES),
        DECIMAL(Schema.Type.BYTES);

        private final Schema.Type type;

        Kind(Schema.Type type) {
            this.type = type;
        }
    }

    /**
     * @throws IllegalArgumentException that says what types there are
     */
    public static CastType parse(String text) {
        Matcher decimal = DECIMAL.matcher(text);
        if (decimal.matches()) {
            int precision = Integer.parseInt(decimal.group(1));
            int scale = Integer.parseInt(decimal.group(2));
            if (precision < 1 || precision > MOST_DIGITS || scale > precision) {
                throw new IllegalArgumentException(
                        "a decimal has 1 to " + MOST_DIGITS + " digits, and no more after the point than in all");
            }
            return new CastType(Kind.DECIMAL, precision, scale);
        }
        for (Kind kind : Kind.values()) {
            if (kind != Kind.DECIMAL && kind.name().toLowerCase(Locale.ROOT).equals(text)) {
                return new CastType(kind, 0, 0);
            }
        }
        throw new IllegalArgumentException("there are " + NAMES);
    }

    /** Its schema. */
    public Schema schema(boolean optional) {
        SchemaBuilder builder = kind == Kind.DECIMAL ? Decimal.builder(scale) : SchemaBuilder.type(kind.type);
        return (optional ? builder.optional() : builder).build();
    }

    /**
     * The value in this type.
     *
     * @throws DataException where it does not fit, without the field's name
     */
    public Object cast(Object value) {
        if (value instanceof Struct || value instanceof Map || value instanceof Iterable) {
            throw new DataException("is no single value: name the fields within it");
        }
        try {
            return switch (kind) {
                case STRING -> text(value);
                case BYTES ->
                    value instanceof byte[] || value instanceof ByteBuffer
                            ? value
                            : text(value).getBytes(StandardCharsets.UTF_8);
                case BOOLEAN -> truth(value);
                case INT8 -> number(value).byteValueExact();
                case INT16 -> number(value).shortValueExact();
                case INT32 -> number(value).intValueExact();
                case INT64 -> number(value).longValueExact();
                case FLOAT -> finite(value, number(value).floatValue());
                case DOUBLE -> finite(value, number(value).doubleValue());
                case DECIMAL -> decimal(number(value));
            };
        } catch (ArithmeticException | NumberFormatException e) {
            throw new DataException("has '" + text(value) + "', which is no " + this, e);
        }
    }

    private static String text(Object value) {
        if (value instanceof byte[] || value instanceof ByteBuffer) {
            ByteBuffer bytes =
                    value instanceof ByteBuffer buffer ? buffer.duplicate() : ByteBuffer.wrap((byte[]) value);
            try {
                CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(bytes);
                return text.toString();
            } catch (CharacterCodingException e) {
                throw new DataException("holds bytes that are no UTF-8 text", e);
            }
        }
        return Template.plain(value);
    }

    private Object truth(Object value) {
        if (value instanceof Boolean) {
            return value;
        }
        String text = text(value).strip().toLowerCase(Locale.ROOT);
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new DataException("has '" + text + "', which is no " + this);
        };
    }

    /** The number, by the shortest decimal that reads back as the same float or double. */
    private static BigDecimal number(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof Boolean truth) {
            return truth ? BigDecimal.ONE : BigDecimal.ZERO;
        }
        if (value instanceof BigInteger integer) {
            return new BigDecimal(integer);
        }
        // NaN and the infinities are no numbers here: they have no digits to read
        return new BigDecimal(text(value).strip());
    }

    private BigDecimal decimal(BigDecimal number) {
        BigDecimal rounded = number.setScale(scale, RoundingMode.HALF_UP);
        if (rounded.precision() - rounded.scale() > precision - scale && rounded.signum() != 0) {
            throw new ArithmeticException("too many digits");
        }
        return rounded;
    }

    private static Object finite(Object value, float number) {
        if (Float.isInfinite(number)) {
            throw new ArithmeticException("'" + value + "' is too large");
        }
        return number;
    }

    private static Object finite(Object value, double number) {
        if (Double.isInfinite(number)) {
            throw new ArithmeticException("'" + value + "' is too large");
        }
        return number;
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return kind == Kind.DECIMAL ? name + "(" + precision + "," + scale + ")" : name;
    }
}
