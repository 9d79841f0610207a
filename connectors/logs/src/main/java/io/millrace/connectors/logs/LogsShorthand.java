package io.millrace.connectors.logs;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.logs.tail.PathGlobs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;

/** {@code type: logs} of a pipeline. */
public final class LogsShorthand implements ConnectorShorthand {
    static final String TYPE = "logs";
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Role role() {
        return Role.SOURCE;
    }

    @Override
    public String connectorClass() {
        return LogsSourceConnector.class.getName();
    }

    @Override
    public ConfigDef fields() {
        return Settings.fields();
    }

    @Override
    public List<Finding> check(Section section) {
        List<Finding> findings = new ArrayList<>();
        for (Setting setting : Settings.FIELDS) {
            section.field(setting.field())
                    .flatMap(setting.check())
                    .ifPresent(trouble -> findings.add(new Finding(
                            Finding.Fault.YOURS,
                            TYPE + "." + setting.field().replaceAll("[._]", "-"),
                            setting.field(),
                            trouble.message(),
                            trouble.remedy())));
        }
        boolean joins = section.field(Settings.MULTILINE_PATTERN.field()).isPresent();
        Optional<String> stray = section.fields().keySet().stream()
                .filter(field -> field.startsWith("multiline.") && !joins)
                .sorted()
                .findFirst();
        stray.ifPresent(field -> findings.add(new Finding(
                Finding.Fault.YOURS,
                TYPE + ".multiline-pattern",
                field,
                "'" + field + "' is set without 'multiline.pattern'.",
                "Write 'multiline.pattern' too, or leave it out.")));
        return findings;
    }

    @Override
    public List<RawStream> streams(Section section) {
        return List.of(new RawStream(section.name(), RawStream.Kind.EVENTS, RawStream.Format.BYTES));
    }

    @Override
    public Map<String, String> connectorConfig(Section section) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("connector.class", connectorClass());
        config.put("key.converter", BYTES);
        config.put("value.converter", BYTES);
        config.put(Settings.TOPIC.key(), "raw." + section.pipeline() + "." + section.name());
        for (Setting setting : Settings.FIELDS) {
            section.field(setting.field()).ifPresent(text -> config.put(setting.key(), text));
        }
        return config;
    }

    /** A folder that is missing now may come later, but is more often a mistake; files that are missing are not. */
    @Override
    public List<Finding> preflight(Section section) {
        List<Finding> findings = new ArrayList<>();
        for (String pattern :
                Settings.elements(section.field(Settings.PATH.field()).orElse(""))) {
            try {
                folder(PathGlobs.base(pattern), pattern).ifPresent(findings::add);
            } catch (PatternSyntaxException e) {
                // check() has said so
            }
        }
        return findings;
    }

    private static Optional<Finding> folder(Path folder, String pattern) {
        if (!Files.isDirectory(folder)) {
            return Optional.of(new Finding(
                    Finding.Fault.ENVIRONMENT,
                    TYPE + ".folder",
                    Settings.PATH.field(),
                    "Folder '" + folder + "' of path '" + pattern + "' does not exist on this machine.",
                    "Make the folder, or correct the path."));
        }
        if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
            return Optional.of(new Finding(
                    Finding.Fault.ENVIRONMENT,
                    TYPE + ".folder-unreadable",
                    Settings.PATH.field(),
                    "Folder '" + folder + "' of path '" + pattern + "' may not be read by this user.",
                    "Give the user the right to read and enter it."));
        }
        return Optional.empty();
    }
}
