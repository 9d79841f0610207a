package io.millrace.plugin.fusion;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.transforms.Cast;
import org.jspecify.annotations.Nullable;

/** Numbers, truth values and texts as other ones. Casts of logical types, of bytes, and of a whole value are for Apache's class. */
final class CastStep implements FusedStep {
    private static final Set<Schema.Type> PLAIN = EnumSet.of(
            Schema.Type.INT8,
            Schema.Type.INT16,
            Schema.Type.INT32,
            Schema.Type.INT64,
            Schema.Type.FLOAT32,
            Schema.Type.FLOAT64,
            Schema.Type.BOOLEAN,
            Schema.Type.STRING);

    private final Side side;
    private final Map<String, Schema.Type> casts = new HashMap<>();
    private final boolean replaceNullWithDefault;

    CastStep(Side side, Map<String, String> config) {
        AbstractConfig values = new AbstractConfig(Cast.CONFIG_DEF, config, false);
        this.side = side;
        this.replaceNullWithDefault = values.getBoolean("replace.null.with.default");
        for (String cast : values.getList(Cast.SPEC_CONFIG)) {
            String[] parts = cast.split(":");
            casts.put(parts[0].trim(), Schema.Type.valueOf(parts[1].trim().toUpperCase(Locale.ROOT)));
        }
    }

    static boolean isOfFields(Map<String, String> config) {
        AbstractConfig values = new AbstractConfig(Cast.CONFIG_DEF, config, false);
        return values.getList(Cast.SPEC_CONFIG).stream().allMatch(cast -> cast.split(":").length == 2);
    }

    @Override
    public Set<Side> sides() {
        return Set.of(side);
    }

    @Override
    public void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after) {
        Content in = draft.content(side);
        Content out = Content.original(side, side.schema(after));
        Map<String, Expression> columns = in.copies(replaceNullWithDefault);
        for (Field field : in.structSchema().fields()) {
            Schema.Type target = casts.get(field.name());
            if (target != null) {
                Expression cast = in.read(field, replaceNullWithDefault).then(cast(field.schema(), target));
                columns.put(field.name(), cast.asField(out.field(field.name()).schema()));
            }
        }
        draft.content(side, Content.struct(out.schema(), columns));
    }

    private static UnaryOperator<@Nullable Object> cast(Schema from, Schema.Type target) {
        if (from.name() != null || !PLAIN.contains(from.type())) {
            throw NotFused.here();
        }
        return switch (target) {
            case INT8 -> value -> value instanceof String text ? Byte.valueOf(text) : number(value, Number::byteValue);
            case INT16 ->
                value -> value instanceof String text ? Short.valueOf(text) : number(value, Number::shortValue);
            case INT32 ->
                value -> value instanceof String text ? Integer.valueOf(text) : number(value, Number::intValue);
            case INT64 -> value -> value instanceof String text ? Long.valueOf(text) : number(value, Number::longValue);
            case FLOAT32 ->
                value -> value instanceof String text ? Float.valueOf(text) : number(value, Number::floatValue);
            case FLOAT64 ->
                value -> value instanceof String text ? Double.valueOf(text) : number(value, Number::doubleValue);
            case BOOLEAN -> CastStep::truth;
            case STRING -> value -> value == null ? null : value.toString();
            case BYTES, ARRAY, MAP, STRUCT -> throw NotFused.here();
        };
    }

    /** Of a truth value one or zero. */
    private static @Nullable Object number(@Nullable Object value, Function<Number, Object> part) {
        if (value == null) {
            return null;
        }
        if (value instanceof Boolean truth) {
            return part.apply(truth ? 1 : 0);
        }
        if (value instanceof Number number) {
            return part.apply(number);
        }
        throw NotFused.here();
    }

    /** A fraction below one is false, as its integral part is. */
    private static @Nullable Object truth(@Nullable Object value) {
        if (value == null || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number number) {
            return number.longValue() != 0;
        }
        if (value instanceof String text) {
            return Boolean.valueOf(text);
        }
        throw NotFused.here();
    }
}
