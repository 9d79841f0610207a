package io.millrace.connectors.iothttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.common.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    @Test
    void theTableOfSettingsIsTheGeneratedOne() {
        assertThat(between("<!-- settings -->\n", "<!-- /settings -->")).isEqualTo(table());
    }

    private static String table() {
        StringBuilder table =
                new StringBuilder("| in a pipeline | in Connect | default | meaning |\n|---|---|---|---|\n");
        for (Setting setting : Settings.FIELDS) {
            row(table, "`" + setting.field() + "`", setting);
        }
        row(table, "", Settings.TOPIC);
        return table.toString();
    }

    private static void row(StringBuilder table, String field, Setting setting) {
        ConfigDef.ConfigKey key = Settings.config().configKeys().get(setting.key());
        table.append(
                String.format("| %s | `%s` | %s | %s |\n", field, setting.key(), fallback(key), key.documentation));
    }

    private static String fallback(ConfigDef.ConfigKey key) {
        if (!key.hasDefault()) {
            return "required";
        }
        String text =
                key.defaultValue == null ? "" : key.defaultValue.toString().replaceAll("^\\[]$", "");
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    private static String between(String start, String end) {
        try {
            String readme = Files.readString(Path.of("README.md"));
            int from = readme.indexOf(start) + start.length();
            return readme.substring(from, readme.indexOf(end, from));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
