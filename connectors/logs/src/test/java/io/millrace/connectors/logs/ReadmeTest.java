package io.millrace.connectors.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.common.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final String START = "<!-- settings -->\n";

    @Test
    void theTableOfSettingsIsTheGeneratedOne() throws Exception {
        String readme = Files.readString(Path.of(System.getProperty("basedir", "."), "README.md"));
        int from = readme.indexOf(START) + START.length();

        assertThat(readme.substring(from, readme.indexOf("<!-- /settings -->"))).isEqualTo(table());
    }

    private static String table() {
        StringBuilder table =
                new StringBuilder("| in a pipeline | in Connect | default | meaning |\n|---|---|---|---|\n");
        Settings.FIELDS.forEach(setting -> row(table, "`" + setting.field() + "`", setting));
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
        String text = key.defaultValue == null ? "" : key.defaultValue.toString();
        return text.isEmpty() || text.equals("[]") ? "" : "`" + text + "`";
    }
}
