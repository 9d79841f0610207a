package io.millrace.connectors.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsShorthandTest {
    private final LogsShorthand shorthand = new LogsShorthand();

    @TempDir
    Path folder;

    @Test
    void bothServicesAreFound() {
        assertThat(ServiceLoader.load(ConnectorShorthand.class)).hasExactlyElementsOfTypes(LogsShorthand.class);
        assertThat(ServiceLoader.load(SourceConnector.class)).hasExactlyElementsOfTypes(LogsSourceConnector.class);
        assertThat(shorthand.type()).isEqualTo("logs");
        assertThat(shorthand.role()).isEqualTo(ConnectorShorthand.Role.SOURCE);
        assertThat(new LogsSourceConnector().exactlyOnceSupport(Map.of())).isEqualTo(ExactlyOnceSupport.SUPPORTED);
    }

    @Test
    void aSourceIsOneStreamOfBytesNamedLikeIt() {
        assertThat(shorthand.streams(section(Map.of())))
                .containsExactly(new RawStream("clicks", RawStream.Kind.EVENTS, RawStream.Format.BYTES));
    }

    @Test
    void aSectionBecomesAConnectorConfigurationThatIsComplete() {
        Map<String, String> config = shorthand.connectorConfig(
                section(Map.of("path", "/a/*.log,/b/c", "multiline.pattern", "^\\s", "max_line_bytes", "64KB")));

        assertThat(config)
                .containsOnly(
                        Map.entry("connector.class", "io.millrace.connectors.logs.LogsSourceConnector"),
                        Map.entry("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter"),
                        Map.entry("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter"),
                        Map.entry("logs.topic", "raw.shop.clicks"),
                        Map.entry("logs.path", "/a/*.log,/b/c"),
                        Map.entry("logs.multiline.pattern", "^\\s"),
                        Map.entry("logs.max.line.bytes", "64KB"));
        LogsSourceConfig read = LogsSourceConfig.of(config);
        assertThat(read.topic()).isEqualTo("raw.shop.clicks");
        assertThat(read.tailer().paths()).containsExactly("/a/*.log", "/b/c");
        assertThat(read.tailer().lines().maxLineBytes()).isEqualTo(65536);
        assertThat(read.tailer().lines().multiline()).isPresent();
    }

    @Test
    void allThatIsWrongIsFoundAtOnce() {
        Map<String, String> fields = Map.of(
                "path", "/a/[b.log",
                "read_from", "start",
                "max_line_bytes", "1GB",
                "long_lines", "drop",
                "multiline.pattern", "(",
                "scan_interval", "1",
                "batch.records", "0");

        assertThat(shorthand.check(section(fields)))
                .containsExactly(
                        yours(
                                "path",
                                "'/a/[b.log' is not a pattern: Missing '].",
                                "Close every bracket; put '\\' before a character that is meant as it is. Instead of '{a,b}',"
                                        + " write two paths."),
                        yours("read_from", "'start' is not known here.", "Write one of [beginning, end]."),
                        yours("max_line_bytes", "'1GB' is more than a line may have.", "Write '64MB' at most."),
                        yours("long_lines", "'drop' is not known here.", "Write one of [split, truncate, skip]."),
                        yours(
                                "multiline.pattern",
                                "'(' is not a regular expression: Unclosed group near 1.",
                                "Write one as java.util.regex.Pattern takes it, for example '^\\s'."),
                        yours(
                                "scan_interval",
                                "'1' is not a duration.",
                                "Write a whole number above zero and a unit, for example '10m'; units: [ms, s, m, h, d]."),
                        yours(
                                "batch.records",
                                "'0' is not a count.",
                                "Write a whole number above zero, at most 999999999."));
    }

    @Test
    void joiningWithoutAPatternAndAnEmptyPathAreFindings() {
        assertThat(shorthand.check(section(Map.of("path", "", "multiline.match", "before"))))
                .containsExactly(
                        yours(
                                "path",
                                "No path is given.",
                                "Write at least one path or pattern, for example '/var/log/nginx/access*.log'."),
                        new Finding(
                                Finding.Fault.YOURS,
                                "logs.multiline-pattern",
                                "multiline.match",
                                "'multiline.match' is set without 'multiline.pattern'.",
                                "Write 'multiline.pattern' too, or leave it out."));
        assertThat(shorthand.check(section(Map.of()))).isEmpty();
    }

    @Test
    void aFolderThatIsMissingIsFoundBeforeTheStart() {
        assertThat(shorthand.preflight(section(Map.of("path", folder + "/*.log," + folder + "/none/**/*.log"))))
                .containsExactly(new Finding(
                        Finding.Fault.ENVIRONMENT,
                        "logs.folder",
                        "path",
                        "Folder '" + folder + "/none' of path '" + folder
                                + "/none/**/*.log' does not exist on this machine.",
                        "Make the folder, or correct the path."));
    }

    @Test
    void aConnectConfigurationIsCheckedAlike() {
        assertThatThrownBy(() ->
                        LogsSourceConfig.of(Map.of("logs.topic", "t", "logs.path", "/a", "logs.batch.bytes", "many")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "logs.batch.bytes: 'many' is not a size. Write a whole number above zero and a unit, for example"
                                + " '128MB'; units: [B, KB, MB, GB].");
        assertThatThrownBy(() -> LogsSourceConfig.of(Map.of("logs.topic", "t")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("Missing required configuration \"logs.path\" which has no default value.");
    }

    @Test
    void eachTaskIsToldItsNumber() {
        LogsSourceConnector connector = new LogsSourceConnector();
        connector.start(Map.of("logs.topic", "t", "logs.path", "/a"));

        assertThat(connector.taskConfigs(2))
                .extracting(config -> config.get("logs.task") + "/" + config.get("logs.tasks"))
                .containsExactly("0/2", "1/2");
    }

    private static Finding yours(String field, String message, String remedy) {
        return new Finding(Finding.Fault.YOURS, "logs." + field.replaceAll("[._]", "-"), field, message, remedy);
    }

    private static Section section(Map<String, String> fields) {
        return new Section("shop", "clicks", "shop.clicks", fields, List.of());
    }
}
