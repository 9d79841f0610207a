package io.millrace.connectors.jdbc;

import io.millrace.connectors.common.Quantity;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.common.Trouble;
import io.millrace.connectors.jdbc.dialect.Address;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** Every setting, declared once. In a pipeline it has its {@link Setting#field}, in a Connect configuration its {@link Setting#key}. */
final class Settings {
    private static final String PREFIX = "jdbc.";

    static final Setting URL = new Setting(
            PREFIX,
            "url",
            ConfigDef.Type.PASSWORD,
            ConfigDef.NO_DEFAULT_VALUE,
            ConfigDef.Importance.HIGH,
            "The database, for example `jdbc:postgresql://host:5432/database`, `jdbc:mariadb://host:3306/database`,"
                    + " `jdbc:mysql://host:3306/database` or `jdbc:duckdb:/path/to/file`. It may hold a login, as"
                    + " `postgres://user:password@host/database` or as parameters `user` and `password`; it is never printed with it.",
            Settings::urlTrouble);
    static final Setting USER = setting(
            "user", null, ConfigDef.Importance.HIGH, "Who logs in. Without it, as `url` says.", Setting::anything);
    static final Setting PASSWORD = new Setting(
            PREFIX,
            "password",
            ConfigDef.Type.PASSWORD,
            null,
            ConfigDef.Importance.HIGH,
            "The password of `user`.",
            Setting::anything);
    static final Setting SCHEMA = setting(
            "schema",
            null,
            ConfigDef.Importance.MEDIUM,
            "The schema of all tables, with MySQL the database; it must exist. Without it, the one that the login means.",
            Setting::anything);
    static final Setting TABLE = setting(
            "table",
            "{stream}",
            ConfigDef.Importance.HIGH,
            "The table of a record. `{layer}`, `{stream}`, `{pipeline}` and `{topic}` stand for its stream.",
            TableTemplate::trouble);
    static final Setting MODE = setting(
            "mode",
            "auto",
            ConfigDef.Importance.HIGH,
            "`upsert` writes the row of a record's key, and deletes it on a tombstone. `insert` adds a row per record. `auto` upserts the"
                    + " streams that are tables and inserts those that are events.",
            Settings::modeTrouble);
    static final Setting AUTO_CREATE = flag(
            "auto_create",
            true,
            "Whether a table that is missing is created, its primary key the fields of the record's key.");
    static final Setting AUTO_ADD = flag(
            "auto_add",
            true,
            "Whether columns that a table lacks are added, nullable, and columns too narrow for a field's type are widened where no value can"
                    + " be lost. Nothing is ever dropped or narrowed.");
    static final Setting ORIGIN = flag(
            "origin",
            true,
            "Whether each row tells the raw record that it comes from, in the column `_origin`: `<topic>-<partition>@<offset>`. A replayed dead letter"
                    + " is kept by it from overwriting a row of a later record.");
    static final Setting DELIVERY = setting(
            "delivery",
            "exactly_once",
            ConfigDef.Importance.MEDIUM,
            "`exactly_once` keeps the offsets in the database, in the table `offsets_table`, and needs the right to create it."
                    + " `at_least_once` leaves them to Kafka: after a crash up to some seconds of records are written again.",
            Settings::deliveryTrouble);
    static final Setting OFFSETS_TABLE = setting(
            "offsets_table",
            "millrace_offsets",
            ConfigDef.Importance.LOW,
            "The table of offsets; a second one of this name and `_rejected` holds what became a dead letter since the last start.",
            TableTemplate::plainTrouble);
    static final Setting BATCH_ROWS = new Setting(
            PREFIX,
            "batch.rows",
            ConfigDef.Type.LONG,
            5000L,
            ConfigDef.Importance.MEDIUM,
            "The most records of a transaction. A pipeline also reads this many at once.",
            Setting::countTrouble);
    static final Setting BATCH_SIZE = setting(
            "batch.size",
            "8MB",
            ConfigDef.Importance.MEDIUM,
            "A transaction takes no further record when its values hold this much as text. With MySQL stay below its `max_allowed_packet`.",
            Quantity::sizeTrouble);
    static final Setting TIMEOUT = setting(
            "timeout",
            "1m",
            ConfigDef.Importance.LOW,
            "How long a statement may take. Half of it is how long it may wait for a lock.",
            Quantity::durationTrouble);
    static final Setting DRIVER = new Setting(
            PREFIX,
            "driver",
            ConfigDef.Type.LIST,
            List.of(),
            ConfigDef.Importance.MEDIUM,
            "Paths of the jars of a JDBC driver that is not in the plugin's folder.",
            Setting::anything);

    /** What a user may set in a pipeline; with the same meaning in a Connect configuration. */
    static final List<Setting> FIELDS = List.of(
            URL,
            USER,
            PASSWORD,
            SCHEMA,
            TABLE,
            MODE,
            AUTO_CREATE,
            AUTO_ADD,
            ORIGIN,
            DELIVERY,
            OFFSETS_TABLE,
            BATCH_ROWS,
            BATCH_SIZE,
            TIMEOUT,
            DRIVER);

    static final Setting PIPELINE = setting(
            "pipeline",
            "",
            ConfigDef.Importance.LOW,
            "What `{pipeline}` in `table` stands for. A pipeline sets it by itself.",
            Setting::anything);
    static final Setting STREAMS = new Setting(
            PREFIX,
            "streams",
            ConfigDef.Type.LIST,
            List.of(),
            ConfigDef.Importance.MEDIUM,
            "What the topics are: `<topic>=<layer>/<stream>/table` or `.../events`, joined by commas. A topic not named is events in the"
                    + " layer `topics`, the stream named like the topic. A pipeline sets it by itself.",
            StreamRef::trouble);

    static final Setting JSON_KEYS = flag(
            "json_keys",
            false,
            "Whether keys are the text of JSON without schema, read here and not by a converter, which would make doubles of decimals: the"
                    + " key converter is `StringConverter` then. A pipeline sets it by itself.");

    private Settings() {}

    /** The fields by their YAML names; what the text of a field must look like is left to {@link Setting#check}. */
    static ConfigDef fields() {
        ConfigDef fields = new ConfigDef();
        for (Setting setting : FIELDS) {
            setting.defineField(fields);
        }
        return fields;
    }

    /** All settings by their Connect names, fully checked. */
    static ConfigDef config() {
        ConfigDef config = new ConfigDef();
        for (Setting setting : FIELDS) {
            setting.define(config);
        }
        PIPELINE.define(config);
        STREAMS.define(config);
        JSON_KEYS.define(config);
        return config;
    }

    private static Setting setting(
            String field,
            @Nullable Object fallback,
            ConfigDef.Importance importance,
            String doc,
            Function<String, Optional<Trouble>> check) {
        return new Setting(PREFIX, field, ConfigDef.Type.STRING, fallback, importance, doc, check);
    }

    private static Setting flag(String field, boolean fallback, String doc) {
        return new Setting(
                PREFIX, field, ConfigDef.Type.BOOLEAN, fallback, ConfigDef.Importance.MEDIUM, doc, Setting::anything);
    }

    /** Never repeats the url: it may hold a password. */
    private static Optional<Trouble> urlTrouble(String text) {
        return Address.parse(text).isPresent()
                ? Optional.empty()
                : Optional.of(new Trouble(
                        "url is not one of a database that this sink knows.",
                        "It looks like one of " + Address.FORMS + "."));
    }

    private static Optional<Trouble> modeTrouble(String text) {
        return oneOf(text, "a mode", List.of("auto", "upsert", "insert"));
    }

    private static Optional<Trouble> deliveryTrouble(String text) {
        return oneOf(text, "a delivery", List.of("exactly_once", "at_least_once"));
    }

    private static Optional<Trouble> oneOf(String text, String what, List<String> known) {
        return known.contains(text)
                ? Optional.empty()
                : Optional.of(new Trouble("'" + text + "' is not " + what + ".", "Write one of " + known + "."));
    }
}
