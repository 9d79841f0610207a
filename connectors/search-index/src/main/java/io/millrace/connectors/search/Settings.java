package io.millrace.connectors.search;

import io.millrace.connectors.common.Quantity;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.common.Trouble;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** Every setting, declared once. In a pipeline it has its {@link Setting#field}, in a Connect configuration its {@link Setting#key}. */
final class Settings {
    private static final String PREFIX = "search.";

    static final Setting URL = new Setting(
            PREFIX,
            "url",
            ConfigDef.Type.LIST,
            ConfigDef.NO_DEFAULT_VALUE,
            ConfigDef.Importance.HIGH,
            "The server, for example `https://search.example:9200`; or several nodes of one cluster, of which the next is asked when one does not"
                    + " answer.",
            Settings::urlTrouble);
    static final Setting INDEX = setting(
            "index",
            "{stream}",
            ConfigDef.Importance.HIGH,
            "The index, or an alias that has one index to write to. `{stream}`, `{layer}`, `{pipeline}` and `{topic}` stand for the record's"
                    + " stream.",
            IndexName::trouble);
    static final Setting ID = setting(
            "id",
            "key",
            ConfigDef.Importance.HIGH,
            "What a document's id is. `key`: the record's key, the value alone if the key has one field, else canonical JSON; a null value deletes."
                    + " `origin`: the record's own place, `<topic>-<partition>@<offset>`, for events. Any other text: the field of the value;"
                    + " records with the same id must be in one partition.",
            Setting::anything);
    static final Setting USER = setting(
            "user", null, ConfigDef.Importance.MEDIUM, "The user, for HTTP basic authentication.", Setting::anything);
    static final Setting PASSWORD = secret("password", "The password of `user`.");
    static final Setting API_KEY = secret(
            "api_key",
            "An API key, sent as `Authorization: ApiKey ...`, in the encoded form that the server gave out.");
    static final Setting CA = setting(
            "ca",
            null,
            ConfigDef.Importance.MEDIUM,
            "A PEM file of certificates that vouch for the server. Without it, those that Java knows.",
            Setting::anything);
    static final Setting HEADERS = new Setting(
            PREFIX,
            "headers",
            ConfigDef.Type.LIST,
            List.of(),
            ConfigDef.Importance.LOW,
            "More headers of every request, each as `Name: value`.",
            Settings::headerTrouble);
    static final Setting CREATE_INDEX = flag(
            "create_index",
            true,
            "Whether an index that is missing is made, with fields from the record's schema. Otherwise a missing index stops the task.");
    static final Setting ADD_FIELDS = flag(
            "add_fields",
            true,
            "Whether fields that the index does not have are added to its mapping from the record's schema. Otherwise the server's dynamic mapping"
                    + " decides.");
    static final Setting DECIMALS = setting(
            "decimals",
            "double",
            ConfigDef.Importance.MEDIUM,
            "How decimals are written. `double`: a JSON number with all digits, indexed as double, so that only searching and sorting round."
                    + " `string`: text, indexed as keyword.",
            text -> oneOf(text, List.of("double", "string")));
    static final Setting ORIGIN = flag(
            "origin",
            true,
            "Whether each document tells the raw record that it comes from, in the field `_origin`: `<topic>-<partition>@<offset>`.");
    static final Setting GC_DELETES = setting(
            "gc_deletes",
            "1h",
            ConfigDef.Importance.LOW,
            "`index.gc_deletes` of an index that is made: how long the server remembers a deletion's version. An older write of the same document"
                    + " that is delivered again later than this brings it back.",
            Quantity::durationTrouble);
    static final Setting SHARDS =
            count("shards", null, "Primary shards of an index that is made. Without it, the server's default.");
    static final Setting REPLICAS = new Setting(
            PREFIX,
            "replicas",
            ConfigDef.Type.INT,
            null,
            ConfigDef.Importance.LOW,
            "Replicas of an index that is made. Without it, the server's default.",
            text -> text.matches("[0-9]{1,3}")
                    ? Optional.empty()
                    : Optional.of(
                            new Trouble("'" + text + "' is not a count.", "Write a whole number from 0 to 999.")));
    static final Setting BULK_SIZE = setting(
            "bulk.size",
            "5MB",
            ConfigDef.Importance.MEDIUM,
            "The most bytes of one `_bulk` request, before gzip. Halved while the server refuses it for its size or is overloaded.",
            Quantity::sizeTrouble);
    static final Setting BULK_RECORDS = count(
            "bulk.records", 2000, "The most records of one `_bulk` request. Halved while the server is overloaded.");
    static final Setting GZIP = flag("gzip", false, "Whether requests are compressed.");
    static final Setting TIMEOUT = setting(
            "timeout",
            "60s",
            ConfigDef.Importance.LOW,
            "How long one request may take until it is sent again.",
            Quantity::durationTrouble);
    static final Setting PATIENCE = setting(
            "patience",
            "10m",
            ConfigDef.Importance.LOW,
            "For how long the server may fail or be overloaded until the task fails.",
            Quantity::durationTrouble);

    /** What a user may set in a pipeline; with the same meaning in a Connect configuration. */
    static final List<Setting> FIELDS = List.of(
            URL,
            INDEX,
            ID,
            USER,
            PASSWORD,
            API_KEY,
            CA,
            HEADERS,
            CREATE_INDEX,
            ADD_FIELDS,
            DECIMALS,
            ORIGIN,
            GC_DELETES,
            SHARDS,
            REPLICAS,
            BULK_SIZE,
            BULK_RECORDS,
            GZIP,
            TIMEOUT,
            PATIENCE);

    static final Setting PIPELINE = setting(
            "pipeline",
            "",
            ConfigDef.Importance.LOW,
            "What `{pipeline}` in the index stands for. A pipeline sets it by itself.",
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
        FIELDS.forEach(setting -> setting.define(config));
        PIPELINE.define(config);
        STREAMS.define(config);
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

    private static Setting secret(String field, String doc) {
        return new Setting(
                PREFIX, field, ConfigDef.Type.PASSWORD, null, ConfigDef.Importance.MEDIUM, doc, Setting::anything);
    }

    private static Setting flag(String field, boolean fallback, String doc) {
        return new Setting(
                PREFIX, field, ConfigDef.Type.BOOLEAN, fallback, ConfigDef.Importance.MEDIUM, doc, Setting::anything);
    }

    private static Setting count(String field, @Nullable Integer fallback, String doc) {
        return new Setting(
                PREFIX, field, ConfigDef.Type.INT, fallback, ConfigDef.Importance.LOW, doc, Setting::intCountTrouble);
    }

    private static Optional<Trouble> oneOf(String text, List<String> known) {
        return known.contains(text)
                ? Optional.empty()
                : Optional.of(new Trouble("'" + text + "' is not known here.", "Write one of " + known + "."));
    }

    private static Optional<Trouble> headerTrouble(String text) {
        return Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(header -> !header.isEmpty() && !isHeader(header))
                .findFirst()
                .map(header -> new Trouble(
                        "'" + header + "' is not a header that can be set.",
                        "Write it as 'Name: value', without non-ASCII letters."));
    }

    /** Java's HTTP client sets the others itself. */
    private static boolean isHeader(String header) {
        return !header.matches("(?i)(connection|content-length|expect|host|upgrade):.*")
                && header.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+: *[\\x20-\\x7e]+");
    }

    private static Optional<Trouble> urlTrouble(String text) {
        List<String> wrong = Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(url -> !isServer(url))
                .toList();
        return wrong.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Trouble(
                                "'" + wrong.get(0) + "' is not the URL of a server.",
                                "Write for example 'https://search.example:9200', and put user and password into 'user' and 'password'."));
    }

    private static boolean isServer(String url) {
        try {
            URI uri = new URI(url);
            return uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
