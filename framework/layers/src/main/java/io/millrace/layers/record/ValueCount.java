package io.millrace.layers.record;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;

/**
 * How many rows of a group have a value, so that min, max and count_distinct know what is left when a row goes.
 *
 * @param value of an aggregate's argument
 * @param rows 1 or more
 */
public record ValueCount(Contribution.Argument value, long rows) {
    private static final int DECIMAL_BYTES = 32;

    /**
     * The place of a value: in the order of the bytes, the values of one aggregate of a group lie beside each other, the least first.
     *
     * @param aggregate its index
     */
    public static Bytes key(Bytes group, int aggregate, Contribution.Argument value) {
        return key(group, 2 * aggregate, ordered(value));
    }

    /** Before all values of an aggregate. */
    public static Bytes first(Bytes group, int aggregate) {
        return key(group, 2 * aggregate, new byte[0]);
    }

    /** After all values of an aggregate. */
    public static Bytes last(Bytes group, int aggregate) {
        return key(group, 2 * aggregate + 1, new byte[0]);
    }

    private static Bytes key(Bytes group, int place, byte[] value) {
        byte[] bytes = group.get();
        return Bytes.wrap(ByteBuffer.allocate(2 * Integer.BYTES + bytes.length + value.length)
                .putInt(bytes.length)
                .put(bytes)
                .putInt(place)
                .put(value)
                .array());
    }

    /** Bytes whose unsigned order is the order of the values of one form. */
    private static byte[] ordered(Contribution.Argument value) {
        return switch (value.form()) {
            // String.compareTo goes by UTF-16 units, as expressions do.
            case TEXT -> value.text().getBytes(StandardCharsets.UTF_16BE);
            case INTEGER, TIMESTAMP, DATE, BOOL ->
                ByteBuffer.allocate(Long.BYTES)
                        .putLong(value.value().longValueExact() ^ Long.MIN_VALUE)
                        .array();
            case DOUBLE -> {
                long bits = Double.doubleToLongBits(value.value().doubleValue());
                yield ByteBuffer.allocate(Long.BYTES)
                        .putLong(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE)
                        .array();
            }
            case DECIMAL -> decimal(value.value());
        };
    }

    /** All decimals at the greatest scale, 38, of at most 76 digits: less than 254 bits. */
    private static byte[] decimal(BigDecimal value) {
        BigInteger shifted = value.setScale(38).unscaledValue().add(BigInteger.ONE.shiftLeft(8 * DECIMAL_BYTES - 1));
        byte[] bytes = new byte[DECIMAL_BYTES];
        byte[] magnitude = shifted.toByteArray();
        int from = Math.max(0, magnitude.length - DECIMAL_BYTES);
        System.arraycopy(magnitude, from, bytes, DECIMAL_BYTES - (magnitude.length - from), magnitude.length - from);
        return bytes;
    }
}
