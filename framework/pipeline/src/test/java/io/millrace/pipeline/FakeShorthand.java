package io.millrace.pipeline;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;

/** Types with the fields of real ones, and connectors that do not exist. */
final class FakeShorthand implements ConnectorShorthand {
    private final String type;
    private final Role role;
    private final ConfigDef fields;

    private FakeShorthand(String type, Role role, ConfigDef fields) {
        this.type = type;
        this.role = role;
        this.fields = fields;
    }

    /** Makes a table of change events for each of its tables. */
    static FakeShorthand cdc() {
        return new FakeShorthand(
                "postgres-cdc",
                Role.SOURCE,
                new ConfigDef()
                        .define(
                                "url",
                                ConfigDef.Type.STRING,
                                ConfigDef.Importance.HIGH,
                                "The database: jdbc:postgresql://host:port/name")
                        .define("user", ConfigDef.Type.STRING, "millrace", ConfigDef.Importance.HIGH, "Who connects.")
                        .define("password", ConfigDef.Type.PASSWORD, "", ConfigDef.Importance.HIGH, "Their password.")
                        .define(
                                "port",
                                ConfigDef.Type.INT,
                                5432,
                                ConfigDef.Range.between(1, 65535),
                                ConfigDef.Importance.LOW,
                                "")
                        .define(
                                "tables",
                                ConfigDef.Type.LIST,
                                ConfigDef.Importance.HIGH,
                                "The tables, as schema.table."));
    }

    /** Makes events of bytes. */
    static FakeShorthand logs() {
        return new FakeShorthand(
                "logs",
                Role.SOURCE,
                new ConfigDef().define("path", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Which files."));
    }

    static FakeShorthand lake() {
        return new FakeShorthand(
                "s3-parquet",
                Role.SINK,
                new ConfigDef()
                        .define("bucket", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "The bucket's name.")
                        .define("path", ConfigDef.Type.STRING, "{layer}/{stream}", ConfigDef.Importance.LOW, "")
                        .define("secret", ConfigDef.Type.PASSWORD, "", ConfigDef.Importance.LOW, "")
                        .define(
                                "compression",
                                ConfigDef.Type.STRING,
                                "zstd",
                                ConfigDef.ValidString.in("zstd", "none"),
                                ConfigDef.Importance.LOW,
                                "")
                        .define("roll.size", ConfigDef.Type.STRING, "128MB", ConfigDef.Importance.LOW, "")
                        .define("roll.every", ConfigDef.Type.STRING, "10m", ConfigDef.Importance.LOW, ""));
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public Role role() {
        return role;
    }

    @Override
    public String connectorClass() {
        return "example." + type;
    }

    @Override
    public ConfigDef fields() {
        return fields;
    }

    @Override
    public List<Finding> check(Section section) {
        return section.field("bucket")
                .filter(bucket -> bucket.contains("_"))
                .map(bucket -> List.of(new Finding(
                        Finding.Fault.YOURS,
                        "s3-parquet.bucket",
                        "bucket",
                        "A bucket's name has no underscore.",
                        "Use a hyphen.")))
                .orElse(List.of());
    }

    @Override
    public List<RawStream> streams(Section section) {
        if (role == Role.SINK) {
            return List.of();
        }
        if (type.equals("logs")) {
            return List.of(new RawStream(section.name(), RawStream.Kind.EVENTS, RawStream.Format.BYTES));
        }
        List<RawStream> streams = new ArrayList<>();
        for (String table : section.field("tables").map(text -> text.split(",")).orElse(new String[0])) {
            String name = table.substring(table.lastIndexOf('.') + 1);
            streams.add(new RawStream(name, RawStream.Kind.TABLE, RawStream.Format.DEBEZIUM));
        }
        return streams;
    }

    @Override
    public Map<String, String> connectorConfig(Section section) {
        Map<String, String> config = new HashMap<>(section.fields());
        config.keySet().retainAll(Set.of("url", "user", "password", "bucket", "path", "roll.every", "roll.size"));
        if (type.equals("postgres-cdc")) {
            config.put("transforms", "route");
            config.put("transforms.route.type", "example.Route");
        }
        return config;
    }
}
