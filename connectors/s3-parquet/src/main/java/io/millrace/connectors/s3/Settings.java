package io.millrace.connectors.s3;

import io.millrace.connectors.common.Quantity;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.common.Trouble;
import io.millrace.connectors.s3.parquet.Compression;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** Every setting, declared once. In a pipeline it has its {@link Setting#field}, in a Connect configuration its {@link Setting#key}. */
final class Settings {
    private static final String PREFIX = "s3.";

    static final Setting BUCKET = setting(
            "bucket",
            ConfigDef.NO_DEFAULT_VALUE,
            ConfigDef.Importance.HIGH,
            "The bucket, as `name` or `s3://name`. It must exist.",
            Settings::bucketTrouble);
    static final Setting PATH = setting(
            "path",
            "{layer}/{stream}/dt={yyyy-MM-dd}",
            ConfigDef.Importance.HIGH,
            "The folder of a record. `{layer}`, `{stream}`, `{pipeline}` and `{topic}` stand for its stream, date patterns such as"
                    + " `{yyyy-MM-dd}` or `{HH}` for its time in UTC.",
            PathTemplate::trouble);
    static final Setting EVENT_TIME = setting(
            "event_time",
            null,
            ConfigDef.Importance.MEDIUM,
            "The field of the value, a date or timestamp, whose time the dates in `path` are. Without it, and for a record in which it is"
                    + " null, the record's timestamp: its arrival.",
            Setting::anything);
    static final Setting ROLL_SIZE = setting(
            "roll.size",
            "128MB",
            ConfigDef.Importance.HIGH,
            "The files of a topic-partition are completed when they are estimated to hold this much together.",
            Quantity::sizeTrouble);
    static final Setting ROLL_EVERY = setting(
            "roll.every",
            "10m",
            ConfigDef.Importance.HIGH,
            "The files of a topic-partition are completed this long after their first record: how far the lake may be behind.",
            Quantity::durationTrouble);
    static final Setting ROLL_RECORDS = new Setting(
            PREFIX,
            "roll.records",
            ConfigDef.Type.LONG,
            null,
            ConfigDef.Importance.LOW,
            "The files of a topic-partition are completed when they hold this many records together. Without it, no limit.",
            Setting::countTrouble);
    static final Setting COMPRESSION = setting(
            "compression",
            "zstd",
            ConfigDef.Importance.MEDIUM,
            "How the files are compressed: `zstd`, `snappy`, `gzip` or `none`.",
            Settings::compressionTrouble);
    static final Setting REGION = setting(
            "region",
            null,
            ConfigDef.Importance.MEDIUM,
            "The bucket's region. Without it, as the AWS SDK finds it (environment, system property `aws.region`, profile); `us-east-1`"
                    + " when there is an endpoint and no region.",
            Setting::anything);
    static final Setting ENDPOINT = setting(
            "endpoint",
            null,
            ConfigDef.Importance.MEDIUM,
            "The URL of an S3-compatible server. Without it, as the AWS SDK finds it, else AWS.",
            Settings::endpointTrouble);
    static final Setting ACCESS_KEY_ID = setting(
            "access_key_id",
            null,
            ConfigDef.Importance.MEDIUM,
            "The access key. Without it, as the AWS SDK finds credentials (environment, system properties, profile, container, instance).",
            Setting::anything);
    static final Setting SECRET_ACCESS_KEY = new Setting(
            PREFIX,
            "secret_access_key",
            ConfigDef.Type.PASSWORD,
            null,
            ConfigDef.Importance.MEDIUM,
            "The secret of `access_key_id`.",
            Setting::anything);
    static final Setting PATH_STYLE = new Setting(
            PREFIX,
            "path_style",
            ConfigDef.Type.BOOLEAN,
            null,
            ConfigDef.Importance.LOW,
            "Whether the bucket stands in the URL's path and not in the host name. Without it, true when there is an endpoint.",
            Setting::anything);
    static final Setting TEMP_DIR = setting(
            "temp_dir",
            null,
            ConfigDef.Importance.LOW,
            "The local folder for files until they are uploaded; needs room for `roll.size` times the topic-partitions of a worker. Without"
                    + " it, `millrace-s3-parquet` in the JVM's folder for temporary files.",
            Setting::anything);
    static final Setting MAX_OPEN_FILES = new Setting(
            PREFIX,
            "max_open_files",
            ConfigDef.Type.LONG,
            64L,
            ConfigDef.Importance.LOW,
            "The most files a task writes at a time. Above it, the topic-partition with the most open files is completed.",
            Setting::countTrouble);
    static final Setting MAX_MEMORY = setting(
            "max_memory",
            "256MB",
            ConfigDef.Importance.LOW,
            "What the open files of a task may hold in memory, estimated. Above it, the topic-partition that holds most is completed.",
            Quantity::sizeTrouble);

    /** What a user may set in a pipeline; with the same meaning in a Connect configuration. */
    static final List<Setting> FIELDS = List.of(
            BUCKET,
            PATH,
            EVENT_TIME,
            ROLL_SIZE,
            ROLL_EVERY,
            ROLL_RECORDS,
            COMPRESSION,
            REGION,
            ENDPOINT,
            ACCESS_KEY_ID,
            SECRET_ACCESS_KEY,
            PATH_STYLE,
            TEMP_DIR,
            MAX_OPEN_FILES,
            MAX_MEMORY);

    static final Setting PIPELINE = setting(
            "pipeline",
            "",
            ConfigDef.Importance.LOW,
            "What `{pipeline}` in the path stands for. A pipeline sets it by itself.",
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
        for (Setting setting : FIELDS) {
            setting.define(config);
        }
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

    /** The bucket's name of {@code name} or {@code s3://name}. */
    static String bucketName(String text) {
        String name = text.startsWith("s3://") ? text.substring("s3://".length()) : text;
        return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    }

    private static Optional<Trouble> bucketTrouble(String text) {
        String name = bucketName(text);
        if (name.contains("/")) {
            return Optional.of(new Trouble(
                    "'" + text + "' is not only a bucket.", "Write 's3://<bucket>' and put the folders into 'path'."));
        }
        return name.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
                ? Optional.empty()
                : Optional.of(new Trouble(
                        "'" + text + "' is not the name of a bucket.",
                        "Write 3 to 63 lower case letters, digits, dots and hyphens, for example 's3://my-lake'."));
    }

    private static Optional<Trouble> compressionTrouble(String text) {
        List<String> known = Arrays.stream(Compression.values())
                .map(compression -> compression.name().toLowerCase(Locale.ROOT))
                .toList();
        return known.contains(text)
                ? Optional.empty()
                : Optional.of(new Trouble("'" + text + "' is not a compression.", "Write one of " + known + "."));
    }

    static Optional<Trouble> endpointTrouble(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return Optional.empty();
            }
        } catch (URISyntaxException e) {
            // said below, as for every other text that is no such URL
        }
        return Optional.of(new Trouble(
                "'" + text + "' is not the URL of a server.", "Write for example 'http://127.0.0.1:9000'."));
    }
}
