package io.millrace.plugin.json;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** The writers of single values; each takes the Java classes that Apache's class takes, and null never. */
final class Scalars {
    private static final long MILLIS_PER_DAY = TimeUnit.DAYS.toMillis(1);

    private Scalars() {}

    /** @return null where the type is no single value */
    static @Nullable ValueWriter of(Schema.Type type) {
        return switch (type) {
            case INT8 -> (out, value) -> out.number(cast(Byte.class, value));
            case INT16 -> (out, value) -> out.number(cast(Short.class, value));
            case INT32 -> (out, value) -> out.number(cast(Integer.class, value));
            case INT64 -> (out, value) -> out.number(cast(Long.class, value));
            case FLOAT32 -> (out, value) -> float32(out, cast(Float.class, value));
            case FLOAT64 -> (out, value) -> float64(out, cast(Double.class, value));
            case BOOLEAN -> (out, value) -> out.raw(cast(Boolean.class, value) ? "true" : "false");
            case STRING ->
                (out, value) -> out.string(cast(CharSequence.class, value).toString());
            case BYTES -> Scalars::bytes;
            case ARRAY, MAP, STRUCT -> null;
        };
    }

    private static <T> T cast(Class<T> type, @Nullable Object value) {
        if (!type.isInstance(value)) {
            throw NotCovered.here();
        }
        return type.cast(value);
    }

    /** Not-a-number and the infinities are no JSON numbers: they are quoted. */
    static void float32(JsonBytes out, float value) {
        String text = Float.toString(value);
        if (Float.isFinite(value)) {
            out.raw(text);
        } else {
            out.string(text);
        }
    }

    static void float64(JsonBytes out, double value) {
        String text = Double.toString(value);
        if (Double.isFinite(value)) {
            out.raw(text);
        } else {
            out.string(text);
        }
    }

    /** Of a buffer the whole array behind it, whatever its position and limit, as Apache's class does. */
    static void bytes(JsonBytes out, @Nullable Object value) {
        if (value instanceof byte[] array) {
            base64(out, array);
            return;
        }
        base64(out, cast(ByteBuffer.class, value).array());
    }

    private static void base64(JsonBytes out, byte[] value) {
        out.one('"');
        out.raw(Base64.getEncoder().encode(value));
        out.one('"');
    }

    static ValueWriter decimalAsNumber() {
        return (out, value) -> out.raw(cast(BigDecimal.class, value).toString());
    }

    static ValueWriter decimalAsBytes(Schema schema) {
        return (out, value) -> base64(out, Decimal.fromLogical(schema, cast(BigDecimal.class, value)));
    }

    /** A day that has begun a while ago is an error, which Apache's class words. */
    static void date(JsonBytes out, @Nullable Object value) {
        long millis = cast(Date.class, value).getTime();
        if (millis % MILLIS_PER_DAY != 0) {
            throw NotCovered.here();
        }
        out.number((int) (millis / MILLIS_PER_DAY));
    }

    static void time(JsonBytes out, @Nullable Object value) {
        long millis = cast(Date.class, value).getTime();
        if (millis < 0 || millis > MILLIS_PER_DAY) {
            throw NotCovered.here();
        }
        out.number(millis);
    }

    static void timestamp(JsonBytes out, @Nullable Object value) {
        out.number(cast(Date.class, value).getTime());
    }
}
