package io.millrace.connectors.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    @Test
    void theTableOfFieldsIsThatOfTheCode() throws Exception {
        String readme = Files.readString(Path.of(System.getProperty("basedir", "."), "README.md"));
        String table = new PostgresCdcShorthand()
                .fields().configKeys().values().stream().map(ReadmeTest::row).collect(Collectors.joining("\n"));

        assertThat(readme).contains("| field | type | default | meaning |\n|---|---|---|---|\n" + table + "\n\n");
    }

    private static String row(ConfigDef.ConfigKey key) {
        String fallback = key.hasDefault() ? key.defaultValue == null ? "" : "`" + key.defaultValue + "`" : "required";
        return "| `" + key.name + "` | " + key.type.name().toLowerCase(Locale.ROOT) + " | " + fallback + " | "
                + key.documentation + " |";
    }
}
