package io.millrace.connectors.cdc;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/** {@code type: postgres-cdc}: the tables of a PostgreSQL database, by Debezium's PostgresConnector. */
public final class PostgresCdcShorthand implements ConnectorShorthand {
    static final String URL = "url";
    static final String USER = "user";
    static final String PASSWORD = "password";
    static final String TABLES = "tables";
    static final String SLOT = "slot";
    static final String PUBLICATION = "publication";
    static final String SNAPSHOT = "snapshot";
    static final String HEARTBEAT = "heartbeat";

    private static final int LONGEST_NAME = 63;
    private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m)");
    private static final String DEFAULT_HEARTBEAT = "10s";

    private static final ConfigDef FIELDS = new ConfigDef()
            .define(
                    URL,
                    // A url may hold a password, so it is never printed.
                    Type.PASSWORD,
                    ConfigDef.NO_DEFAULT_VALUE,
                    Importance.HIGH,
                    "The database: jdbc:postgresql://host:port/database or postgres://host:port/database, with parameters user,"
                            + " password, sslmode.")
            .define(
                    USER,
                    Type.STRING,
                    null,
                    Importance.HIGH,
                    "Who logs in; needs the right to replicate. Else from the url.")
            .define(PASSWORD, Type.PASSWORD, null, Importance.HIGH, "The user's password. Else from the url.")
            .define(TABLES, Type.LIST, ConfigDef.NO_DEFAULT_VALUE, Importance.HIGH, "The tables, each as schema.table.")
            .define(
                    SLOT,
                    Type.STRING,
                    null,
                    Importance.LOW,
                    "The replication slot, made where it is missing. By default millrace_<pipeline>_<source>.")
            .define(
                    PUBLICATION,
                    Type.STRING,
                    null,
                    Importance.LOW,
                    "The publication, made where it is missing. By default named as the slot is.")
            .define(
                    SNAPSHOT,
                    Type.STRING,
                    "initial",
                    ValidString.in("initial", "never"),
                    Importance.MEDIUM,
                    "initial: first the rows that are there, then changes. never: only changes from now on.")
            .define(
                    HEARTBEAT,
                    Type.STRING,
                    DEFAULT_HEARTBEAT,
                    Importance.LOW,
                    "How often the place in the database's log is noted while the tables are quiet, so that the log can be freed;"
                            + " 0s for never.");

    @Override
    public String type() {
        return "postgres-cdc";
    }

    @Override
    public Role role() {
        return Role.SOURCE;
    }

    @Override
    public String connectorClass() {
        return "io.debezium.connector.postgresql.PostgresConnector";
    }

    @Override
    public ConfigDef fields() {
        return new ConfigDef(FIELDS);
    }

    @Override
    public List<Finding> check(Section section) {
        List<Finding> findings = new ArrayList<>();
        section.field(URL).ifPresent(url -> checkUrl(url, findings));
        section.field(TABLES).ifPresent(tables -> checkTables(tables, findings));
        checkName(section, SLOT, "slot-name", findings);
        checkName(section, PUBLICATION, "publication-name", findings);
        section.field(HEARTBEAT)
                .filter(text -> heartbeatMillis(text).isEmpty())
                .ifPresent(text -> findings.add(yours(
                        "heartbeat",
                        HEARTBEAT,
                        "heartbeat '" + text + "' is not a length of time.",
                        "Write a number and ms, s or m, for example '10s'.")));
        return findings;
    }

    private static void checkUrl(String url, List<Finding> findings) {
        try {
            PostgresAddress.parse(url);
        } catch (PostgresAddress.UrlException e) {
            findings.add(urlFinding(e));
        }
    }

    static Finding urlFinding(PostgresAddress.UrlException e) {
        return yours("url", URL, e.sentence(), "It looks like 'jdbc:postgresql://host:5432/database'.");
    }

    private static void checkTables(String tables, List<Finding> findings) {
        Map<String, String> byName = new TreeMap<>();
        List<String> names = names(tables);
        if (names.isEmpty()) {
            findings.add(yours("table-name", TABLES, "tables is empty.", "Name at least one, as 'schema.table'."));
        }
        for (String name : names) {
            Optional<TableName> table = TableName.parse(name);
            if (table.isEmpty()) {
                findings.add(yours(
                        "table-name",
                        TABLES,
                        "table '" + name + "' is not of the form 'schema.table'.",
                        name.matches("[A-Za-z0-9_-]+")
                                ? "Write 'public." + name + "' if it is in schema 'public'."
                                : "Both names have letters, digits, '_' and '-' only."));
                continue;
            }
            String other = byName.putIfAbsent(table.get().table(), name);
            if (other != null) {
                findings.add(yours(
                        "same-name",
                        TABLES,
                        other.equals(name)
                                ? "table '" + name + "' is named twice."
                                : "tables '" + other + "' and '" + name + "' would both become stream 'raw."
                                        + table.get().table() + "'.",
                        other.equals(name)
                                ? "Leave one out."
                                : "Capture one of them by a source in another pipeline."));
            }
        }
    }

    private static void checkName(Section section, String field, String code, List<Finding> findings) {
        section.field(field)
                .filter(name -> !SLOT_NAME.matcher(name).matches())
                .ifPresent(name -> findings.add(yours(
                        code,
                        field,
                        field + " '" + name + "' is not a name that PostgreSQL takes.",
                        "Use up to 63 lower case letters, digits and '_'.")));
    }

    @Override
    public List<RawStream> streams(Section section) {
        return tables(section).stream()
                .map(TableName::table)
                .distinct()
                .map(name -> new RawStream(name, RawStream.Kind.TABLE, RawStream.Format.DEBEZIUM))
                .toList();
    }

    @Override
    public Map<String, String> connectorConfig(Section section) {
        PostgresAddress address = address(section);
        Map<String, String> config = new LinkedHashMap<>();
        config.put("connector.class", connectorClass());
        config.put("tasks.max", "1");
        config.put("database.hostname", address.host());
        config.put("database.port", Integer.toString(address.port()));
        config.put("database.dbname", address.database());
        user(section, address).ifPresent(user -> config.put("database.user", user));
        password(section, address).ifPresent(password -> config.put("database.password", password));
        address.sslMode().ifPresent(mode -> config.put("database.sslmode", mode));
        putCapture(config, section);
        putTopics(config, section);
        putPace(config, section);
        return config;
    }

    private static void putCapture(Map<String, String> config, Section section) {
        config.put("plugin.name", "pgoutput");
        config.put("slot.name", slot(section));
        config.put("slot.drop.on.stop", "false");
        config.put("publication.name", publication(section));
        config.put("publication.autocreate.mode", "filtered");
        config.put(
                "table.include.list",
                String.join(
                        ",", tables(section).stream().map(TableName::pattern).toList()));
        if (section.field(SNAPSHOT).filter("never"::equals).isPresent()) {
            config.put("snapshot.mode", "no_data");
        } else {
            config.put("snapshot.mode", "custom");
            config.put("snapshot.mode.custom.name", SlotSnapshotter.NAME);
        }
        config.put("decimal.handling.mode", "precise");
        config.put("time.precision.mode", "adaptive_time_microseconds");
        config.put("tombstones.on.delete", "true");
    }

    /**
     * Debezium names topics {@code <prefix>.<schema>.<table>}; a transform leaves the schema out. The prefix is this source's own, because
     * Debezium also names its metrics by it.
     */
    private static void putTopics(Map<String, String> config, Section section) {
        String prefix = "raw." + section.pipeline() + "." + section.name();
        config.put("topic.prefix", prefix);
        config.put("topic.heartbeat.name", "heartbeat." + section.pipeline() + "." + section.name());
        config.put("transforms", "topic");
        config.put("transforms.topic.type", "org.apache.kafka.connect.transforms.RegexRouter");
        config.put("transforms.topic.regex", prefix.replace(".", "\\.") + "\\.[^.]+\\.([^.]+)");
        config.put("transforms.topic.replacement", "raw." + section.pipeline() + ".$1");
    }

    private static void putPace(Map<String, String> config, Section section) {
        long heartbeat = heartbeatMillis(section.field(HEARTBEAT).orElse(DEFAULT_HEARTBEAT))
                .orElseThrow();
        config.put("heartbeat.interval.ms", Long.toString(heartbeat));
        config.put("poll.interval.ms", "100");
        config.put("max.batch.size", "2048");
        config.put("max.queue.size", "8192");
        config.put("max.queue.size.in.bytes", Long.toString(64L * 1024 * 1024));
        config.put("snapshot.fetch.size", "2048");
        // A killed worker's slot is free again within a moment.
        config.put("slot.max.retries", "20");
        config.put("slot.retry.delay.ms", "500");
        // The worker restarts a failed task, with backoff; Debezium does not do so by itself.
        config.put("errors.max.retries", "0");
    }

    @Override
    public List<Finding> preflight(Section section) {
        PostgresAddress address;
        try {
            address = PostgresAddress.parse(section.field(URL).orElse(""));
        } catch (PostgresAddress.UrlException e) {
            return List.of(urlFinding(e));
        }
        Optional<String> user = user(section, address);
        if (user.isEmpty()) {
            return List.of(yours("user", USER, "no user is named.", "Write 'user', or name one in the url."));
        }
        return new PostgresPreflight(
                        address,
                        user.get(),
                        password(section, address),
                        slot(section),
                        publication(section),
                        tables(section))
                .find();
    }

    private static PostgresAddress address(Section section) {
        try {
            return PostgresAddress.parse(section.field(URL).orElse(""));
        } catch (PostgresAddress.UrlException e) {
            throw new IllegalArgumentException("source '" + section.connector() + "': " + e.getMessage(), e);
        }
    }

    private static Optional<String> user(Section section, PostgresAddress address) {
        return section.field(USER).or(address::user);
    }

    private static Optional<String> password(Section section, PostgresAddress address) {
        return section.field(PASSWORD).or(address::password);
    }

    private static String slot(Section section) {
        return section.field(SLOT).orElseGet(() -> defaultName(section));
    }

    private static String publication(Section section) {
        return section.field(PUBLICATION).orElseGet(() -> defaultName(section));
    }

    /** Cut where it is too long for PostgreSQL. */
    private static String defaultName(Section section) {
        String name = "millrace_" + section.pipeline() + "_" + section.name();
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return plain.substring(0, Math.min(LONGEST_NAME, plain.length()));
    }

    /** Those that are well named; the others are findings. */
    private static Set<TableName> tables(Section section) {
        Set<TableName> tables = new LinkedHashSet<>();
        names(section.field(TABLES).orElse(""))
                .forEach(name -> TableName.parse(name).ifPresent(tables::add));
        return tables;
    }

    private static List<String> names(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static Optional<Long> heartbeatMillis(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long unit =
                switch (matcher.group(2)) {
                    case "m" -> 60_000;
                    case "s" -> 1_000;
                    default -> 1;
                };
        return Optional.of(Long.parseLong(matcher.group(1)) * unit);
    }

    private static Finding yours(String code, String field, String message, String remedy) {
        return new Finding(Finding.Fault.YOURS, "postgres-cdc." + code, field, message, remedy);
    }
}
