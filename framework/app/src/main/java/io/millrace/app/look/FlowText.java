package io.millrace.app.look;

import io.millrace.expression.type.ConnectTypes;
import io.millrace.pipeline.yaml.ScalarSource;
import io.millrace.pipeline.yaml.YamlList;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlNode;
import io.millrace.pipeline.yaml.YamlScalar;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Values as one would write them in YAML, in one line. A text that could be taken for something else is quoted. */
public final class FlowText {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_/][^,\\[\\]{}#'\":\\n]*(?<! )");
    private static final List<String> WORDS = List.of("null", "true", "false");

    private FlowText() {}

    /** A runtime value, or a struct. */
    public static String of(@Nullable Object value) {
        if (value instanceof Struct struct) {
            List<String> fields = new ArrayList<>();
            for (Field field : struct.schema().fields()) {
                Object read = ConnectTypes.read(struct.getWithoutDefault(field.name()), field.schema());
                fields.add(field.name() + ": " + of(read));
            }
            return "{" + String.join(", ", fields) + "}";
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> entry.getKey() + ": " + of(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(FlowText::of).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof ByteBuffer bytes) {
            return text(StandardCharsets.UTF_8.decode(bytes.duplicate()).toString());
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        return value instanceof String text ? text(text) : String.valueOf(value);
    }

    private static String text(String text) {
        return PLAIN.matcher(text).matches() && !WORDS.contains(text) ? text : "'" + text.replace("'", "''") + "'";
    }

    /** As it is written. */
    public static String of(YamlNode node) {
        if (node instanceof YamlMap map) {
            return map.entries().stream()
                    .map(entry -> entry.key() + ": " + of(entry.value()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (node instanceof YamlList list) {
            return list.items().stream().map(FlowText::of).collect(Collectors.joining(", ", "[", "]"));
        }
        YamlScalar scalar = (YamlScalar) node;
        if (scalar.isNull()) {
            return "null";
        }
        return scalar.source().style() == ScalarSource.Style.PLAIN ? scalar.text() : text(scalar.text());
    }
}
