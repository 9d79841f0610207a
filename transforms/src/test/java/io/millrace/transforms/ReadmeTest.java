package io.millrace.transforms;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Pattern SECTION = Pattern.compile("(?ms)^## (\\w+)\\n(.*?)(?=^## |\\z)");
    private static final Pattern SETTINGS =
            Pattern.compile("(?s)(<!-- settings (\\w+) -->\\n)(.*?)(<!-- /settings -->)");
    private static final Pattern EXAMPLE =
            Pattern.compile("(?s)```properties\\n(.*?)```\\n```json\\n(.*?)\\n(.*?)\\n```");

    @Test
    void theTablesOfSettingsAreTheGeneratedOnes() throws Exception {
        String readme = Files.readString(README);
        String generated = SETTINGS.matcher(readme)
                .replaceAll(found ->
                        Matcher.quoteReplacement(found.group(1) + table(config(found.group(2))) + found.group(4)));
        if (Boolean.getBoolean("millrace.docs.write")) {
            Files.writeString(README, generated);
        } else {
            assertThat(readme)
                    .as("-Dtest.jvm.args=-Dmillrace.docs.write=true writes them")
                    .isEqualTo(generated);
        }
    }

    @Test
    void eachClassOfThePluginHasASectionAndIsFoundByItsManifest() throws Exception {
        List<String> sections = SECTION.matcher(Files.readString(README))
                .results()
                .map(found -> found.group(1))
                .distinct()
                .sorted()
                .toList();
        List<Class<?>> found = new ArrayList<>();
        ServiceLoader.load(Transformation.class).stream()
                .filter(provider -> provider.type().getName().startsWith("io.millrace."))
                .forEach(provider -> found.add(provider.type()));
        ServiceLoader.load(Predicate.class).stream()
                .filter(provider -> provider.type().getName().startsWith("io.millrace."))
                .forEach(provider -> found.add(provider.type()));

        assertThat(found.stream().map(ReadmeTest::outer).distinct().sorted().toList())
                .isEqualTo(sections);
        try (Stream<Path> sources = Files.list(Path.of("src/main/java/io/millrace/transforms"))) {
            assertThat(sources.map(source -> source.getFileName().toString())
                            .filter(name -> name.endsWith(".java") && !name.equals("package-info.java"))
                            .map(name -> name.replace(".java", ""))
                            .distinct()
                            .sorted()
                            .toList())
                    .isEqualTo(sections);
        }
    }

    @TestFactory
    Stream<DynamicTest> theExamplesDoWhatTheySay() throws Exception {
        return EXAMPLE.matcher(Files.readString(README))
                .results()
                .map(example -> DynamicTest.dynamicTest(
                        example.group(1).lines().findFirst().orElseThrow(),
                        () -> run(example.group(1), example.group(2), example.group(3))));
    }

    private static void run(String settings, String before, String after) throws Exception {
        Properties properties = new Properties();
        properties.load(new StringReader(settings));
        Map<String, String> config = new LinkedHashMap<>();
        properties.forEach((name, value) -> config.put(String.valueOf(name), String.valueOf(value)));
        @SuppressWarnings("unchecked") // the README names transforms of this plugin
        Transformation<SinkRecord> transform = (Transformation<SinkRecord>)
                Class.forName(config.remove("type")).getDeclaredConstructor().newInstance();
        transform.configure(config);

        JsonNode expected = Records.tree(after);
        assertThat(Records.json(transform.apply(Records.plain(before))))
                .as("without schema")
                .isEqualTo(expected);
        SinkRecord made = transform.apply(Records.struct(before));
        assertThat(Records.json(made)).as("with schema").isEqualTo(expected);
        ((Struct) made.value()).validate();
        assertThat(made.valueSchema()).isEqualTo(((Struct) made.value()).schema());
    }

    private static String outer(Class<?> type) {
        Class<?> at = type.getDeclaringClass() == null ? type : type.getDeclaringClass();
        return at.getSimpleName();
    }

    private static ConfigDef config(String name) {
        return Stream.concat(
                        ServiceLoader.load(Transformation.class).stream()
                                .filter(provider -> outer(provider.type()).equals(name))
                                .map(provider -> provider.get().config()),
                        ServiceLoader.load(Predicate.class).stream()
                                .filter(provider -> outer(provider.type()).equals(name))
                                .map(provider -> provider.get().config()))
                .findFirst()
                .orElseThrow();
    }

    private static String table(ConfigDef config) {
        if (config.configKeys().isEmpty()) {
            return "It has no settings.\n";
        }
        StringBuilder table = new StringBuilder("| setting | type | default | meaning |\n|---|---|---|---|\n");
        config.configKeys().values().stream()
                .forEach(key -> table.append(String.format(
                        "| `%s` | %s | %s | %s |\n",
                        key.name,
                        key.type.name().toLowerCase(java.util.Locale.ROOT),
                        fallback(key),
                        key.documentation)));
        return table.toString();
    }

    private static String fallback(ConfigDef.ConfigKey key) {
        if (!key.hasDefault()) {
            return "required";
        }
        String text =
                key.defaultValue == null ? "" : key.defaultValue.toString().replaceAll("^\\[]$", "");
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
