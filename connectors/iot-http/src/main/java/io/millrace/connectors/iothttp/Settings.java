package io.millrace.connectors.iothttp;

import com.fasterxml.jackson.core.JsonPointer;
import io.millrace.connectors.common.Quantity;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.Trouble;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.jspecify.annotations.Nullable;

/** Every setting, declared once. */
final class Settings {
    private static final String PREFIX = "http.";

    static final Setting PORT = number(
            "port",
            ConfigDef.NO_DEFAULT_VALUE,
            Importance.HIGH,
            "The port to listen on; 0 takes a free one, which the log names.",
            text -> range(text, 0, 65_535));
    static final Setting HOST = text(
            "host",
            "127.0.0.1",
            Importance.HIGH,
            "The address to listen on. One that others can reach (such as `0.0.0.0`) needs TLS and authentication, or `insecure: true`.",
            Setting::anything);
    static final Setting PATH = text(
            "path",
            "/",
            Importance.HIGH,
            "The path that takes posts. With `/*` at its end also every path below it; which one a record came by is in its header"
                    + " `http.path`.",
            Settings::pathTrouble);
    static final Setting KEY = text(
            "key",
            null,
            Importance.MEDIUM,
            "A JSON pointer (RFC 6901) such as `/device_id`: the text, number or boolean there becomes the record's key, as JSON, so that"
                    + " the records of a device keep their order. A record without it has no key. Without the setting no record has one.",
            Settings::pointerTrouble);
    static final Setting MALFORMED = text(
            "malformed",
            "take",
            Importance.MEDIUM,
            "What happens to a JSON body, or a line of NDJSON, that is not well-formed. `take`: its bytes are taken as they are, for the"
                    + " pipeline to make a dead letter of. `refuse`: the whole request is answered 400 and nothing is taken.",
            text -> oneOf(text, List.of("take", "refuse")));
    static final Setting BEARER = new Setting(
            PREFIX,
            "auth.bearer",
            Type.PASSWORD,
            null,
            Importance.HIGH,
            "The tokens that may post (`Authorization: Bearer <token>`), separated by commas.",
            BearerTokens::trouble);
    static final Setting BEARER_FILE = text(
            "auth.bearer_file",
            null,
            Importance.MEDIUM,
            "A file of further tokens, one in a line, `#` starts a comment. It is read again when it changes, so tokens can be exchanged"
                    + " without a restart.",
            Setting::anything);
    static final Setting CERTIFICATE = text(
            "tls.certificate",
            null,
            Importance.MEDIUM,
            "A PEM file with the server's certificate and those that signed it. With `tls.key` turns TLS on. Both are read again when they"
                    + " change.",
            Setting::anything);
    static final Setting PRIVATE_KEY = text(
            "tls.key",
            null,
            Importance.MEDIUM,
            "A PEM file with the private key of `tls.certificate`: PKCS#8, not encrypted.",
            Setting::anything);
    static final Setting CLIENT_CA = text(
            "tls.client_ca",
            null,
            Importance.LOW,
            "A PEM file with certificates; clients must then show one that these signed (mutual TLS).",
            Setting::anything);
    static final Setting INSECURE = new Setting(
            PREFIX,
            "insecure",
            Type.BOOLEAN,
            false,
            Importance.LOW,
            "Whether to listen on an address that others can reach without TLS or without authentication.",
            Setting::anything);
    static final Setting MAX_BODY = size(
            "max_body", "1MB", Importance.MEDIUM, "The largest body, as it is sent. A larger one is answered 413.");
    static final Setting MAX_INFLATED = size(
            "max_inflated",
            "8MB",
            Importance.LOW,
            "The largest body after gzip is undone. A larger one is answered 413.");
    static final Setting MAX_RECORDS =
            count("max_records", 10_000, Importance.LOW, "The most records in one request. More are answered 413.");
    static final Setting MAX_REQUESTS = count(
            "max_requests", 1_000, Importance.LOW, "The most requests under way at a time. One more is answered 429.");
    static final Setting MAX_CONNECTIONS = count(
            "max_connections",
            2_000,
            Importance.LOW,
            "The most connections at a time. Further ones wait in the queue of the operating system.");
    static final Setting MAX_IN_FLIGHT = size(
            "max_in_flight",
            "64MB",
            Importance.MEDIUM,
            "The most bytes of requests that are not answered yet. A request above it is answered 429.");
    static final Setting MAX_QUEUED = count(
            "max_queued",
            20_000,
            Importance.MEDIUM,
            "The most records that wait for the worker. A request above it is answered 429.");
    static final Setting MAX_BATCH = count(
            "max_batch",
            5_000,
            Importance.LOW,
            "The most records handed to the worker at once, usually one transaction. A single request may exceed it.");
    static final Setting READ_TIMEOUT = duration(
            "read_timeout",
            "30s",
            Importance.LOW,
            "How long a client may take to send its body. Then it is answered 408.");
    static final Setting COMMIT_TIMEOUT = duration(
            "commit_timeout",
            "30s",
            Importance.MEDIUM,
            "How long a request waits until its records are durable. Then it is answered 503.");
    static final Setting KEEP_ALIVE = duration(
            "keep_alive",
            "60s",
            Importance.LOW,
            "How long a connection may be without a request, or take to send the head of one. Then it is closed.");

    /** What a user may set in a pipeline; with the same meaning in a Connect configuration. */
    static final List<Setting> FIELDS = List.of(
            PORT,
            HOST,
            PATH,
            KEY,
            MALFORMED,
            BEARER,
            BEARER_FILE,
            CERTIFICATE,
            PRIVATE_KEY,
            CLIENT_CA,
            INSECURE,
            MAX_BODY,
            MAX_INFLATED,
            MAX_RECORDS,
            MAX_REQUESTS,
            MAX_CONNECTIONS,
            MAX_IN_FLIGHT,
            MAX_QUEUED,
            MAX_BATCH,
            READ_TIMEOUT,
            COMMIT_TIMEOUT,
            KEEP_ALIVE);

    static final Setting TOPIC = new Setting(
            "",
            "topic",
            Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            Importance.HIGH,
            "The topic to write to. A pipeline sets it by itself, to `raw.<pipeline>.<source>`.",
            Setting::anything);

    private Settings() {}

    /** The fields by their YAML names. */
    static ConfigDef fields() {
        ConfigDef fields = new ConfigDef();
        FIELDS.forEach(setting -> setting.defineField(fields));
        return fields;
    }

    /** All settings by their Connect names, fully checked. */
    static ConfigDef config() {
        ConfigDef config = new ConfigDef();
        TOPIC.define(config);
        FIELDS.forEach(setting -> setting.define(config));
        return config;
    }

    private static Setting text(
            String field,
            @Nullable Object fallback,
            Importance importance,
            String doc,
            Function<String, Optional<Trouble>> check) {
        return new Setting(PREFIX, field, Type.STRING, fallback, importance, doc, check);
    }

    private static Setting number(
            String field,
            Object fallback,
            Importance importance,
            String doc,
            Function<String, Optional<Trouble>> check) {
        return new Setting(PREFIX, field, Type.INT, fallback, importance, doc, check);
    }

    private static Setting count(String field, int fallback, Importance importance, String doc) {
        return number(field, fallback, importance, doc, text -> range(text, 1, 1_000_000_000));
    }

    private static Setting size(String field, String fallback, Importance importance, String doc) {
        return text(field, fallback, importance, doc, text -> Quantity.sizeTrouble(text)
                .or(() -> Quantity.bytes(text).orElseThrow() > (1L << 30)
                        ? Optional.of(new Trouble("'" + text + "' is too much.", "Write at most '1GB'."))
                        : Optional.empty()));
    }

    private static Setting duration(String field, String fallback, Importance importance, String doc) {
        return text(field, fallback, importance, doc, Quantity::durationTrouble);
    }

    private static Optional<Trouble> range(String text, int least, int most) {
        boolean fits = text.matches("[0-9]{1,10}") && Long.parseLong(text) >= least && Long.parseLong(text) <= most;
        return fits
                ? Optional.empty()
                : Optional.of(new Trouble(
                        "'" + text + "' is out of range.", "Write a whole number from " + least + " to " + most + "."));
    }

    private static Optional<Trouble> oneOf(String text, List<String> known) {
        return known.contains(text)
                ? Optional.empty()
                : Optional.of(new Trouble("'" + text + "' is not known.", "Write one of " + known + "."));
    }

    private static Optional<Trouble> pathTrouble(String text) {
        if (text.equals(IntakeHandler.HEALTH)) {
            return Optional.of(
                    new Trouble("'" + text + "' is where the source tells its health.", "Choose another path."));
        }
        return text.matches("/|(/[A-Za-z0-9._~-]+)+|(/[A-Za-z0-9._~-]+)*/\\*")
                ? Optional.empty()
                : Optional.of(new Trouble(
                        "'" + text + "' is not a path.",
                        "Write for example '/readings', or '/readings/*' for all below it; letters, digits, '.', '_', '~', '-'"
                                + " between the slashes."));
    }

    private static Optional<Trouble> pointerTrouble(String text) {
        try {
            if (!text.isEmpty() && !JsonPointer.compile(text).matches()) {
                return Optional.empty();
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        return Optional.of(new Trouble(
                "'" + text + "' is not a JSON pointer to a field.", "Write for example '/device_id' or '/meta/id'."));
    }
}
