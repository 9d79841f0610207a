package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.harness.Cli;
import io.millrace.it.harness.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.connect.file.FileStreamSourceConnector;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the documents say is so. */
class DocsIT {
    private static final List<String> DOCS = List.of(
            "README.md",
            "framework/docs/guide.md",
            "framework/docs/kafka-connect.md",
            "connectors/cdc/README.md",
            "connectors/logs/README.md",
            "connectors/iot-http/README.md",
            "connectors/s3-parquet/README.md",
            "connectors/jdbc/README.md",
            "connectors/search-index/README.md",
            "transforms/README.md",
            "pipelines/shop/README.md",
            "pipelines/access-logs/README.md",
            "pipelines/iot/README.md");

    private static final List<String> PLUGINS =
            List.of("cdc", "logs", "iot-http", "s3-parquet", "jdbc", "search-index", "transforms");

    private static final Pattern FENCE = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)");
    private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z]+)  ");
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]+");

    @TempDir
    static Path folder;

    @TestFactory
    List<DynamicTest> pipelinesInTheDocumentsAreValid() throws Exception {
        Map<String, Path> plugins = new HashMap<>(Map.of("file", fileConnector()));
        PLUGINS.forEach(plugin -> plugins.put(plugin, Distribution.plugin(plugin)));
        Path launcher = Distribution.linked(folder.resolve("distribution"), plugins);
        List<DynamicTest> tests = new ArrayList<>();
        for (String doc : DOCS) {
            List<String> fences = all(FENCE, text(doc)).stream()
                    .map(fence -> fence.group(1))
                    .filter(yaml -> yaml.startsWith("pipeline:"))
                    .toList();
            for (int i = 0; i < fences.size(); i++) {
                Path file = folder.resolve(doc.replaceAll("[^A-Za-z0-9]", "-") + i + ".yaml");
                Files.writeString(file, fences.get(i));
                tests.add(DynamicTest.dynamicTest(doc + " block " + (i + 1), () -> assertValid(launcher, file)));
            }
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(3);
        return tests;
    }

    private static void assertValid(Path launcher, Path file) throws Exception {
        Cli.Answer answer =
                Cli.in(folder).command(List.of(launcher.toString(), "validate", file.toString(), "--allow-unresolved"));

        assertThat(answer.status()).as(answer.output()).isZero();
        assertThat(answer.output()).endsWith(file + " is valid.");
    }

    /** As a user would: the connector's jar in a folder of its own. */
    private static Path fileConnector() throws Exception {
        Path jar = Path.of(FileStreamSourceConnector.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path plugin = Files.createDirectories(folder.resolve("file-connector"));
        Files.copy(jar, plugin.resolve(jar.getFileName()));
        return plugin;
    }

    @TestFactory
    List<DynamicTest> linksLeadSomewhere() {
        return DOCS.stream()
                .map(doc -> DynamicTest.dynamicTest(doc, () -> {
                    Path home = Distribution.project().resolve(doc).getParent();
                    assertThat(all(LINK, text(doc)))
                            .extracting(link -> home.resolve(link.group(1)))
                            .allSatisfy(target -> assertThat(target).exists());
                }))
                .toList();
    }

    @Test
    void theReadmeNamesTheCommandsAndOptionsThatThereAre() throws Exception {
        String section = section("Commands");
        Map<String, String> rows = all(Pattern.compile("(?m)^\\| `millrace (\\w+)[^|]*\\|(.*)\\|$"), section).stream()
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
        Cli cli = Cli.in(folder);
        String top = cli.millrace("--help").output();

        assertThat(rows.keySet())
                .isEqualTo(all(COMMAND, top.split("Commands:")[1]).stream()
                        .map(command -> command.group(1))
                        .collect(Collectors.toSet()));
        Set<String> every = new TreeSet<>(options(top));
        for (String command : rows.keySet()) {
            Set<String> has = optionsOf(cli, command);
            every.addAll(has);
            if (!command.equals("version")) {
                has.remove("--help");
                assertThat(options(rows.get(command)))
                        .as("options of " + command)
                        .isEqualTo(has);
            }
        }
        assertThat(options(section)).isEqualTo(every);
    }

    /** Those of the commands within it too. */
    private static Set<String> optionsOf(Cli cli, String command) throws Exception {
        String help = cli.millrace(command, "--help").output();
        Set<String> has = options(help);
        if (help.contains("Commands:")) {
            for (MatchResult within : all(COMMAND, help.split("Commands:")[1])) {
                has.addAll(
                        options(cli.millrace(command, within.group(1), "--help").output()));
            }
        }
        return has;
    }

    private static String section(String title) throws IOException {
        return Stream.of(text("README.md").split("(?m)^## "))
                .filter(section -> section.startsWith(title + "\n"))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> options(String text) {
        return all(OPTION, text).stream().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<MatchResult> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    private static String text(String doc) throws IOException {
        return Files.readString(Distribution.project().resolve(doc));
    }
}
