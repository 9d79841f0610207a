package io.millrace.app.testing;

import io.millrace.app.look.FlowText;
import io.millrace.layers.memory.InMemoryLayers;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.RowCodec;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.testcase.Expected;
import io.millrace.pipeline.yaml.YamlMap;
import io.millrace.pipeline.yaml.YamlScalar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * A record that came out of a stream.
 *
 * @param keyText as it is on the topic; null where it has none
 * @param key its fields; null where it is no JSON object
 * @param value a struct, or another value; null for a delete
 */
record CameOut(
        @Nullable String keyText,
        @Nullable Map<String, Object> key,
        @Nullable Object value,
        Headers headers) {

    static CameOut read(StreamPlan stream, RowCodec codec, InMemoryLayers.Emitted record) {
        byte[] key = record.key();
        byte[] value = record.value();
        return new CameOut(
                key == null ? null : new String(key, StandardCharsets.UTF_8),
                Keys.of(stream.key(), stream.type()).read(key == null ? null : Bytes.wrap(key)),
                value == null ? null : decoded(codec, value),
                record.headers());
    }

    private static @Nullable Object decoded(RowCodec codec, byte[] value) {
        try {
            return codec.read(value).value();
        } catch (DataException e) {
            return new String(value, StandardCharsets.UTF_8);
        }
    }

    /** What differs, a line each; none where this is what is expected. */
    List<String> differences(Expected.Row expected) {
        List<String> differences = new ArrayList<>();
        expected.key().ifPresent(node -> {
            // a key is whole, also of a record that is not
            ValueMatch match = new ValueMatch(false, differences);
            if (node instanceof YamlMap && key != null) {
                match.compare("$key", node, key);
            } else {
                match.compare("$key", node, keyText);
            }
        });
        expected.value().ifPresent(node -> new ValueMatch(expected.partial(), differences)
                .compare(node instanceof YamlScalar || value == null ? "$value" : "", node, value));
        expected.headers().forEach((name, text) -> {
            String actual = header(name).orElse("no such header");
            if (!actual.equals(text)) {
                differences.add("$headers." + name + ": expected " + text + ", was " + actual);
            }
        });
        return differences;
    }

    private Optional<String> header(String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }

    /** In one line. */
    String text() {
        return value == null
                ? "{$key: " + (key == null ? keyText : FlowText.of(key)) + ", $value: null}"
                : FlowText.of(value);
    }
}
