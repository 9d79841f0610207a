package io.millrace.app.testing;

import io.millrace.app.look.FlowText;
import io.millrace.expression.type.ConnectTypes;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Compares what is expected with what came, by the type of what came: numbers by value, however many zeros they end with, times by instant.
 */
final class ValueMatch {
    private final boolean partial;
    private final List<String> differences;

    /**
     * @param partial whether fields that are not named may have values
     * @param differences to which a line is added for each
     */
    ValueMatch(boolean partial, List<String> differences) {
        this.partial = partial;
        this.differences = differences;
    }

    /**
     * @param path of the value in the record; empty for the record itself
     * @param actual a runtime value, a struct, or null
     */
    void compare(String path, YamlNode expected, @Nullable Object actual) {
        if (actual instanceof Struct struct && expected instanceof YamlMap map) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            for (Field field : struct.schema().fields()) {
                fields.put(field.name(), ConnectTypes.read(struct.getWithoutDefault(field.name()), field.schema()));
            }
            fields(path, map, fields);
        } else if (actual instanceof Map<?, ?> fields && expected instanceof YamlMap map) {
            fields(path, map, fields);
        } else if (actual instanceof List<?> items && expected instanceof YamlList list) {
            items(path, list, items);
        } else if (!(expected instanceof YamlScalar scalar) || !isSame(scalar, actual)) {
            differ(path, FlowText.of(expected), FlowText.of(actual));
        }
    }

    private void fields(String path, YamlMap expected, Map<?, ?> actual) {
        for (YamlMap.Entry entry : expected.entries()) {
            if (!actual.containsKey(entry.key()) && !isNull(entry.value())) {
                differ(under(path, entry.key()), FlowText.of(entry.value()), "no such field");
                continue;
            }
            compare(under(path, entry.key()), entry.value(), actual.get(entry.key()));
        }
        if (partial) {
            return;
        }
        actual.forEach((name, value) -> {
            if (value != null && expected.get(String.valueOf(name)).isEmpty()) {
                differ(under(path, String.valueOf(name)), "nothing", FlowText.of(value));
            }
        });
    }

    private void items(String path, YamlList expected, List<?> actual) {
        if (expected.items().size() != actual.size()) {
            differ(path, FlowText.of(expected), FlowText.of(actual));
            return;
        }
        for (int i = 0; i < actual.size(); i++) {
            compare(path + "[" + i + "]", expected.items().get(i), actual.get(i));
        }
    }

    private void differ(String path, String expected, String actual) {
        differences.add((path.isEmpty() ? "" : path + ": ") + "expected " + expected + ", was " + actual);
    }

    private static boolean isNull(YamlNode node) {
        return node instanceof YamlScalar scalar && scalar.isNull();
    }

    private static boolean isSame(YamlScalar expected, @Nullable Object actual) {
        if (expected.isNull() || actual == null) {
            return expected.isNull() && actual == null;
        }
        String text = expected.text();
        try {
            if (actual instanceof BigDecimal || actual instanceof Long || actual instanceof Integer) {
                return new BigDecimal(text).compareTo(new BigDecimal(actual.toString())) == 0;
            }
            if (actual instanceof Float number) {
                return Float.compare(Float.parseFloat(text), number) == 0;
            }
            if (actual instanceof Double number) {
                return Double.compare(Double.parseDouble(text) + 0.0, number + 0.0) == 0;
            }
            if (actual instanceof Instant instant) {
                return OffsetDateTime.parse(text).toInstant().equals(instant);
            }
            if (actual instanceof LocalDate date) {
                return LocalDate.parse(text).equals(date);
            }
        } catch (NumberFormatException | DateTimeException e) {
            return false;
        }
        if (actual instanceof ByteBuffer bytes) {
            return text.equals(StandardCharsets.UTF_8.decode(bytes.duplicate()).toString());
        }
        return text.equals(String.valueOf(actual));
    }

    private static String under(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
