package io.millrace.expression.type;

/**
 * An exact decimal.
 *
 * @param precision digits in all, 1 to 38
 * @param scale digits after the point, 0 to precision
 */
public record DecimalType(int precision, int scale) implements DataType {
    public static final int MAX_PRECISION = 38;

    public DecimalType {
        if (precision < 1 || precision > MAX_PRECISION || scale < 0 || scale > precision) {
            throw new IllegalArgumentException("decimal(" + precision + "," + scale
                    + ") is not a decimal type: precision 1 to 38, scale 0 to precision");
        }
    }

    @Override
    public String text() {
        return "decimal(" + precision + "," + scale + ")";
    }
}
