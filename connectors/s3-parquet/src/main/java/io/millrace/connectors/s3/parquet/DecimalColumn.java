package io.millrace.connectors.s3.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Exact decimals: int32 up to 9 digits, int64 up to 18, else as many bytes as the precision needs. */
final class DecimalColumn {
    /** The schema parameter in which Debezium and others carry the precision. */
    static final String PRECISION = "connect.decimal.precision";

    /** What readers of Parquet commonly stop at, and the precision of a decimal that names none. */
    static final int MAX_PRECISION = 38;

    private DecimalColumn() {}

    static ColumnType of(Schema schema) {
        Map<String, String> parameters = schema.parameters() == null ? Map.of() : schema.parameters();
        int scale = number(parameters.get(Decimal.SCALE_FIELD), "scale");
        int precision =
                parameters.containsKey(PRECISION) ? number(parameters.get(PRECISION), PRECISION) : MAX_PRECISION;
        if (precision < 1 || precision > MAX_PRECISION || scale < 0 || scale > precision) {
            throw new DataException("A decimal of precision " + precision + " and scale " + scale
                    + " cannot stand in a Parquet file: precision must be 1 to " + MAX_PRECISION
                    + ", scale 0 to the precision.");
        }
        LogicalTypeAnnotation logical = LogicalTypeAnnotation.decimalType(scale, precision);
        if (precision <= 9) {
            return PrimitiveColumn.of(PrimitiveTypeName.INT32, logical, value -> unscaled(value, precision, scale)
                    .intValueExact());
        }
        if (precision <= 18) {
            return PrimitiveColumn.of(PrimitiveTypeName.INT64, logical, value -> unscaled(value, precision, scale)
                    .longValueExact());
        }
        int length = BigInteger.TEN.pow(precision).bitLength() / 8 + 1;
        return new PrimitiveColumn(
                PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY,
                logical,
                length,
                value -> fixed(unscaled(value, precision, scale), length));
    }

    private static BigInteger unscaled(Object value, int precision, int scale) {
        BigDecimal decimal = (BigDecimal) value;
        BigDecimal scaled;
        try {
            scaled = decimal.setScale(scale);
        } catch (ArithmeticException e) {
            throw new DataException(
                    "A decimal of scale " + decimal.scale() + " does not fit scale " + scale + " without rounding.", e);
        }
        if (scaled.precision() > precision) {
            throw new DataException("A decimal of " + scaled.precision() + " digits does not fit DECIMAL(" + precision
                    + ", " + scale + ").");
        }
        return scaled.unscaledValue();
    }

    private static Binary fixed(BigInteger unscaled, int length) {
        byte[] significant = unscaled.toByteArray();
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, 0, length - significant.length, (byte) (unscaled.signum() < 0 ? -1 : 0));
        System.arraycopy(significant, 0, bytes, length - significant.length, significant.length);
        return Binary.fromConstantByteArray(bytes);
    }

    private static int number(@Nullable String text, String parameter) {
        try {
            return Integer.parseInt(text == null ? "" : text);
        } catch (NumberFormatException e) {
            throw new DataException("The decimal's parameter '" + parameter + "' is '" + text + "', not a number.", e);
        }
    }
}
