package io.millrace.connectors.jdbc;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.jdbc.dialect.Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;

/** {@code type: jdbc} of a pipeline. */
public final class JdbcShorthand implements ConnectorShorthand {
    static final String TYPE = "jdbc";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Role role() {
        return Role.SINK;
    }

    @Override
    public String connectorClass() {
        return JdbcSinkConnector.class.getName();
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
                    .ifPresent(trouble -> findings.add(yours(
                            setting.field().replaceAll("[._]", "-"),
                            setting.field(),
                            trouble.message(),
                            trouble.remedy())));
        }
        if (findings.isEmpty()) {
            checkMode(section).ifPresent(findings::add);
            checkTables(section, findings);
        }
        return findings;
    }

    private static Optional<Finding> checkMode(Section section) {
        List<String> tables = section.inputs().stream()
                .filter(Section.InputStream::table)
                .map(input -> input.layer() + "." + input.stream())
                .toList();
        boolean inserts =
                section.field(Settings.MODE.field()).filter("insert"::equals).isPresent();
        return inserts && !tables.isEmpty()
                ? Optional.of(yours(
                        "mode-deletes",
                        Settings.MODE.field(),
                        "mode 'insert' cannot write the deletes of " + tables + ", which are tables.",
                        "Write 'upsert', or 'auto' where other streams are to be inserted."))
                : Optional.empty();
    }

    /** Two streams in one table would overwrite and delete each other's rows. */
    private static void checkTables(Section section, List<Finding> findings) {
        Map<String, TreeSet<String>> streams = new LinkedHashMap<>();
        TableTemplate template = template(section);
        for (Section.InputStream input : section.inputs()) {
            String table = template.table(new StreamRef(input.layer(), input.stream(), input.table()), input.topic());
            streams.computeIfAbsent(table, any -> new TreeSet<>()).add(input.layer() + "." + input.stream());
        }
        Optional<Address> address = section.field(Settings.URL.field()).flatMap(Address::parse);
        streams.forEach((table, written) -> {
            if (written.size() > 1) {
                findings.add(yours(
                        "table-shared",
                        Settings.TABLE.field(),
                        "streams " + written + " would all be written to table '" + table + "'.",
                        "Write for example '{layer}_{stream}', or a sink for each."));
            }
            address.filter(known -> !known.dialect().takesName(table))
                    .ifPresent(known -> findings.add(yours(
                            "table-name",
                            Settings.TABLE.field(),
                            "'" + table + "' cannot be the name of a table in "
                                    + known.dialect().product() + ".",
                            "Write a shorter or simpler name.")));
        });
    }

    static TableTemplate template(Section section) {
        return new TableTemplate(
                section.field(Settings.TABLE.field()).orElse(String.valueOf(Settings.TABLE.fallback())),
                section.pipeline());
    }

    @Override
    public List<RawStream> streams(Section section) {
        return List.of();
    }

    @Override
    public Map<String, String> connectorConfig(Section section) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("connector.class", connectorClass());
        config.put(
                "consumer.override.max.poll.records",
                section.field(Settings.BATCH_ROWS.field()).orElse(String.valueOf(Settings.BATCH_ROWS.fallback())));
        // keys are canonical JSON text: JsonConverter would make doubles of their decimals
        config.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        config.put(Settings.JSON_KEYS.key(), "true");
        config.put(Settings.PIPELINE.key(), section.pipeline());
        config.put(
                Settings.STREAMS.key(),
                section.inputs().stream()
                        .map(input -> new StreamRef(input.layer(), input.stream(), input.table()).entry(input.topic()))
                        .collect(Collectors.joining(",")));
        for (Setting setting : Settings.FIELDS) {
            section.field(setting.field()).ifPresent(text -> config.put(setting.key(), text));
        }
        return config;
    }

    @Override
    public List<Finding> preflight(Section section) {
        Address address =
                Address.parse(section.field(Settings.URL.field()).orElseThrow()).orElseThrow();
        List<String> jars = section.field(Settings.DRIVER.field())
                .map(text -> Arrays.asList(text.split(",")))
                .orElse(List.of());
        return new Preflight(
                        section,
                        JdbcSinkConfig.login(
                                address,
                                section.field(Settings.USER.field()),
                                section.field(Settings.PASSWORD.field()).map(Password::new),
                                Duration.ofSeconds(10),
                                jars))
                .find();
    }

    private static Finding yours(String code, String field, String message, String remedy) {
        return new Finding(Finding.Fault.YOURS, TYPE + "." + code, field, message, remedy);
    }
}
