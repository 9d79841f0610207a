package io.millrace.plugin.fusion;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Values;
import org.apache.kafka.connect.transforms.MaskField;
import org.jspecify.annotations.Nullable;

/** Fields whose value is replaced by one that says nothing. */
final class MaskFieldStep implements FusedStep {
    private static final Map<Class<?>, Object> EMPTY = Map.ofEntries(
            Map.entry(Boolean.class, false),
            Map.entry(Byte.class, (byte) 0),
            Map.entry(Short.class, (short) 0),
            Map.entry(Integer.class, 0),
            Map.entry(Long.class, 0L),
            Map.entry(Float.class, 0f),
            Map.entry(Double.class, 0d),
            Map.entry(BigInteger.class, BigInteger.ZERO),
            Map.entry(BigDecimal.class, BigDecimal.ZERO),
            Map.entry(Date.class, new Date(0)),
            Map.entry(String.class, ""));
    private static final Map<Class<?>, Function<String, Object>> PARSERS = Map.of(
            Byte.class, text -> Values.convertToByte(null, text),
            Short.class, text -> Values.convertToShort(null, text),
            Integer.class, text -> Values.convertToInteger(null, text),
            Long.class, text -> Values.convertToLong(null, text),
            Float.class, text -> Values.convertToFloat(null, text),
            Double.class, text -> Values.convertToDouble(null, text),
            String.class, text -> text,
            BigDecimal.class, BigDecimal::new,
            BigInteger.class, BigInteger::new);

    private final Side side;
    private final Set<String> masked;
    private final boolean replaceNullWithDefault;
    private final @Nullable String replacement;
    /** By class, as soon as a value of it was met; owned by the chain's thread. */
    private final Map<Class<?>, Object> replacements = new HashMap<>();

    MaskFieldStep(Side side, Map<String, String> config) {
        AbstractConfig values = new AbstractConfig(MaskField.CONFIG_DEF, config, false);
        this.side = side;
        this.masked = new HashSet<>(values.getList("fields"));
        this.replacement = values.getString("replacement");
        this.replaceNullWithDefault = values.getBoolean("replace.null.with.default");
    }

    @Override
    public Set<Side> sides() {
        return Set.of(side);
    }

    @Override
    public void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after) {
        Content in = draft.content(side);
        Map<String, Expression> columns = in.copies(replaceNullWithDefault);
        for (String name : masked) {
            columns.computeIfPresent(name, (same, value) -> in.read(in.field(name), replaceNullWithDefault)
                    .then(this::mask)
                    .asField(in.field(name).schema()));
        }
        draft.content(side, Content.struct(side.schema(after), columns));
    }

    private @Nullable Object mask(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        Object known = replacement == null ? EMPTY.get(value.getClass()) : replacements.get(value.getClass());
        if (known != null) {
            return known;
        }
        if (replacement != null) {
            Object parsed = parsed(value.getClass(), replacement);
            replacements.put(value.getClass(), parsed);
            return parsed;
        }
        if (value instanceof List) {
            return new ArrayList<>();
        }
        if (value instanceof Map) {
            return new HashMap<>();
        }
        throw NotFused.here();
    }

    private static Object parsed(Class<?> type, String replacement) {
        Function<String, Object> parser = PARSERS.get(type);
        if (parser == null) {
            throw NotFused.here();
        }
        return parser.apply(replacement);
    }
}
