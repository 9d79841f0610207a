package io.millrace.connectors.jdbc;

import io.millrace.connectors.common.Quantity;
import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.jdbc.dialect.Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * A checked configuration.
 *
 * @param connector the connector's name
 * @param login where the database is and who asks
 * @param schema of all tables; empty for the one that the login means
 * @param mode whether rows are upserted or inserted
 * @param autoCreate whether missing tables are created
 * @param autoAdd whether missing columns are added, and narrow ones widened
 * @param origin whether rows have a column {@code _origin}
 * @param exactlyOnce whether offsets are in the database
 * @param batchRows of a transaction
 * @param batchBytes of a transaction
 * @param jsonKeys whether keys are the text of JSON without schema
 * @param streams what topics are
 */
record JdbcSinkConfig(
        String connector,
        Login login,
        Optional<String> schema,
        TableTemplate table,
        Mode mode,
        boolean autoCreate,
        boolean autoAdd,
        boolean origin,
        boolean exactlyOnce,
        String offsetsTable,
        int batchRows,
        long batchBytes,
        boolean jsonKeys,
        Map<String, StreamRef> streams) {

    /** How records become rows. */
    enum Mode {
        AUTO,
        UPSERT,
        INSERT;

        boolean upserts(StreamRef stream) {
            return this == UPSERT || (this == AUTO && stream.table());
        }
    }

    /**
     * How to get a connection.
     *
     * @param driver jars besides those of the plugin's folder
     */
    record Login(
            Address address, Optional<String> user, Optional<Password> password, Duration timeout, List<Path> driver) {}

    /** @throws ConfigException when a setting is wrong; names it, its text and what to write */
    static JdbcSinkConfig of(Map<String, String> properties) {
        AbstractConfig config = new AbstractConfig(Settings.config(), properties, false);
        return new JdbcSinkConfig(
                properties.getOrDefault("name", "jdbc"),
                login(config),
                Optional.ofNullable(config.getString(Settings.SCHEMA.key())),
                new TableTemplate(config.getString(Settings.TABLE.key()), config.getString(Settings.PIPELINE.key())),
                mode(config.getString(Settings.MODE.key())),
                config.getBoolean(Settings.AUTO_CREATE.key()),
                config.getBoolean(Settings.AUTO_ADD.key()),
                config.getBoolean(Settings.ORIGIN.key()),
                config.getString(Settings.DELIVERY.key()).equals("exactly_once"),
                config.getString(Settings.OFFSETS_TABLE.key()),
                (int) Math.min(1_000_000L, config.getLong(Settings.BATCH_ROWS.key())),
                Quantity.bytes(config.getString(Settings.BATCH_SIZE.key())).orElseThrow(),
                config.getBoolean(Settings.JSON_KEYS.key()),
                StreamRef.parse(config.getList(Settings.STREAMS.key())));
    }

    static Mode mode(String text) {
        return switch (text) {
            case "upsert" -> Mode.UPSERT;
            case "insert" -> Mode.INSERT;
            default -> Mode.AUTO;
        };
    }

    private static Login login(AbstractConfig config) {
        Address address = Address.parse(config.getPassword(Settings.URL.key()).value())
                .orElseThrow(() -> new ConfigException("url is not one of a database that this sink knows."));
        return login(
                address,
                Optional.ofNullable(config.getString(Settings.USER.key())),
                Optional.ofNullable(config.getPassword(Settings.PASSWORD.key())),
                Quantity.duration(config.getString(Settings.TIMEOUT.key())).orElseThrow(),
                config.getList(Settings.DRIVER.key()));
    }

    /** What stands in its own field wins over what stands in the url. */
    static Login login(
            Address address,
            Optional<String> user,
            Optional<Password> password,
            Duration timeout,
            List<String> driver) {
        return new Login(
                address,
                user.or(() -> Optional.ofNullable(address.login().get("user"))),
                password.or(() ->
                        Optional.ofNullable(address.login().get("password")).map(Password::new)),
                timeout,
                driver.stream().map(String::trim).map(Path::of).toList());
    }

    StreamRef stream(String topic) {
        return streams.getOrDefault(topic, StreamRef.undescribed(topic));
    }

    /** The address is told by its place only: its url and its login may hold a password. */
    @Override
    public String toString() {
        return "JdbcSinkConfig["
                + new HashMap<>(
                        Map.of("connector", connector, "place", login.address().place())) + "]";
    }
}
