package io.millrace.plugin.record;

import io.millrace.plugin.json.RandomData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.Cast;
import org.apache.kafka.connect.transforms.DropHeaders;
import org.apache.kafka.connect.transforms.ExtractField;
import org.apache.kafka.connect.transforms.Flatten;
import org.apache.kafka.connect.transforms.HoistField;
import org.apache.kafka.connect.transforms.InsertField;
import org.apache.kafka.connect.transforms.InsertHeader;
import org.apache.kafka.connect.transforms.MaskField;
import org.apache.kafka.connect.transforms.RegexRouter;
import org.apache.kafka.connect.transforms.ReplaceField;
import org.apache.kafka.connect.transforms.SetSchemaMetadata;
import org.apache.kafka.connect.transforms.TimestampRouter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.ValueToKey;

/** Transforms of Apache's with configurations that mostly, not always, suit rows with fields {@code f0} to {@code f5}. */
final class RandomChain {
    private static final List<String> TYPES =
            List.of("int8", "int16", "int32", "int64", "float32", "float64", "boolean", "string");

    private final RandomData data;
    private int inserted;

    RandomChain(RandomData data) {
        this.data = data;
    }

    /** One transform, to be made as often as wanted. */
    record Description(Class<?> type, Map<String, String> config) {
        @SuppressWarnings("unchecked")
        <R extends ConnectRecord<R>> TransformChain.Step<R> step(String alias) {
            try {
                Transformation<R> transform =
                        (Transformation<R>) type.getDeclaredConstructor().newInstance();
                transform.configure(config);
                return new TransformChain.Step<>(
                        alias, new TransformChain.Part<>(transform, type.getClassLoader(), config), null, false);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
    }

    List<Description> next() {
        List<Description> chain = new ArrayList<>();
        int length = 1 + data.below(5);
        while (chain.size() < length) {
            Description one = data.chance(0.93) ? fusible() : other();
            try {
                one.step("probe");
                chain.add(one);
            } catch (ConfigException e) {
                // such a configuration is refused before there is a chain
            }
        }
        return chain;
    }

    private Description fusible() {
        boolean key = data.chance(0.15);
        return switch (data.below(14)) {
            case 0, 1, 2 -> insert(key ? InsertField.Key.class : InsertField.Value.class);
            case 3, 4, 5 -> replace(key ? ReplaceField.Key.class : ReplaceField.Value.class);
            case 6, 7 -> mask(key ? MaskField.Key.class : MaskField.Value.class);
            case 8, 9 -> cast(key ? Cast.Key.class : Cast.Value.class);
            case 10 -> metadata(key ? SetSchemaMetadata.Key.class : SetSchemaMetadata.Value.class);
            case 11 -> of(ValueToKey.class, "fields", fields(2));
            case 12 ->
                data.chance(0.7)
                        ? of(ExtractField.Key.class, "field", field())
                        : of(
                                data.chance(0.5) ? ExtractField.Value.class : HoistField.Value.class,
                                "field",
                                data.chance(0.5) ? field() : "hoisted");
            default ->
                of(
                        RegexRouter.class,
                        "regex",
                        data.chance(0.7) ? "(.*)" : "orders",
                        "replacement",
                        data.chance(0.8) ? "raw.$0" : "$7");
        };
    }

    private Description other() {
        return switch (data.below(4)) {
            case 0 -> of(TimestampRouter.class, "topic.format", "${topic}-x");
            case 1 -> of(InsertHeader.class, "header", "h" + data.below(2), "value.literal", "12");
            case 2 -> of(DropHeaders.class, "headers", "h0");
            default -> of(Flatten.Value.class);
        };
    }

    private Description insert(Class<?> type) {
        Map<String, String> config = new LinkedHashMap<>();
        for (String fact : List.of("topic.field", "partition.field", "timestamp.field", "static.field")) {
            if (data.chance(0.5)) {
                config.put(fact, newName() + data.pick(List.of("", "", "", "?", "!")));
            }
        }
        if (data.chance(0.1)) {
            config.put("offset.field", newName());
        }
        config.put("static.value", data.text());
        return described(type, config);
    }

    private Description replace(Class<?> type) {
        Map<String, String> config = new LinkedHashMap<>();
        if (data.chance(0.6)) {
            config.put("exclude", fields(2));
        }
        if (data.chance(0.2)) {
            config.put("include", "f0,f1,f2,f3,i1,i2,r0,r1");
        }
        if (data.chance(0.6)) {
            String first = field();
            config.put("renames", first + ":r" + data.below(4) + (data.chance(0.2) ? ",f9:f1" : ""));
        }
        return described(type, config);
    }

    private Description mask(Class<?> type) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("fields", fields(3));
        if (data.chance(0.3)) {
            config.put("replacement", data.pick(List.of("42", "xyz", "1.5")));
        }
        return described(type, config);
    }

    private Description cast(Class<?> type) {
        if (data.chance(0.05)) {
            return of(type, "spec", data.pick(TYPES));
        }
        Map<String, String> casts = new LinkedHashMap<>();
        for (int i = 1 + data.below(3); i > 0; i--) {
            casts.put(field(), data.pick(TYPES));
        }
        List<String> spec = new ArrayList<>();
        casts.forEach((name, target) -> spec.add(name + ":" + target));
        return described(type, new LinkedHashMap<>(Map.of("spec", String.join(",", spec))));
    }

    private Description metadata(Class<?> type) {
        return described(
                type,
                new LinkedHashMap<>(
                        data.chance(0.5)
                                ? Map.of("schema.name", "acme.Other")
                                : Map.of("schema.name", "acme.Other", "schema.version", "7")));
    }

    private String newName() {
        return data.chance(0.03) ? "f0" : "i" + inserted++ % 40;
    }

    private String field() {
        return switch (data.below(12)) {
            case 0 -> "r" + data.below(4);
            case 1 -> "i" + data.below(4);
            default -> "f" + data.below(6);
        };
    }

    private String fields(int most) {
        List<String> fields = new ArrayList<>();
        for (int i = 1 + data.below(most); i > 0; i--) {
            String field = field();
            if (!fields.contains(field)) {
                fields.add(field);
            }
        }
        return String.join(",", fields);
    }

    private Description described(Class<?> type, Map<String, String> config) {
        if (data.chance(0.25)) {
            config.put("replace.null.with.default", "false");
        }
        return new Description(type, config);
    }

    private static Description of(Class<?> type, String... pairs) {
        Map<String, String> config = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            config.put(pairs[i], pairs[i + 1]);
        }
        return new Description(type, config);
    }
}
