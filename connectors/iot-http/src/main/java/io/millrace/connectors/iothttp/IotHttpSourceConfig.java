package io.millrace.connectors.iothttp;

import com.fasterxml.jackson.core.JsonPointer;
import io.millrace.connectors.common.Quantity;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.Trouble;
import java.nio.file.Path;
import java.time.Duration;
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
 * @param port 0 for a free one
 * @param path what takes posts; may end in {@code /*}
 * @param refuseMalformed whether JSON that is not well-formed is refused, and not taken as it is
 */
record IotHttpSourceConfig(
        String connector,
        String topic,
        String host,
        int port,
        String path,
        Optional<JsonPointer> key,
        boolean refuseMalformed,
        Auth auth,
        Optional<Tls> tls,
        boolean insecure,
        Limits limits) {

    /** Who may post; nobody is asked where both are empty. */
    record Auth(Optional<Password> tokens, Optional<Path> tokenFile) {
        boolean asked() {
            return tokens.isPresent() || tokenFile.isPresent();
        }
    }

    /** PEM files. */
    record Tls(Path certificate, Path privateKey, Optional<Path> clientCa) {}

    /**
     * What a client can make the worker hold.
     *
     * @param maxBody bytes, as sent
     * @param maxInflated bytes, without gzip
     * @param maxRecords of a request
     * @param maxRequests under way
     * @param maxInFlight bytes of requests under way
     * @param maxQueued records that wait for the worker
     * @param maxBatch records of a poll
     * @param readTimeout for a body to arrive
     * @param commitTimeout for records to be durable
     * @param keepAlive for a connection to be without a request
     */
    record Limits(
            int maxBody,
            int maxInflated,
            int maxRecords,
            int maxRequests,
            int maxConnections,
            long maxInFlight,
            int maxQueued,
            int maxBatch,
            Duration readTimeout,
            Duration commitTimeout,
            Duration keepAlive) {

        /** A request that would never fit must not be told to come again later. */
        private void check() {
            Optional<Trouble> trouble = inFlightTrouble(maxBody, maxInflated, maxInFlight);
            if (trouble.isPresent()) {
                throw new ConfigException(
                        Settings.MAX_IN_FLIGHT.key() + ": " + trouble.get().text());
            }
        }

        static Optional<Trouble> inFlightTrouble(long maxBody, long maxInflated, long maxInFlight) {
            return maxInFlight >= maxBody + maxInflated
                    ? Optional.empty()
                    : Optional.of(new Trouble(
                            "'max_in_flight' of " + maxInFlight + " bytes has no room for one request of 'max_body' and"
                                    + " 'max_inflated', " + (maxBody + maxInflated) + " bytes together.",
                            "Raise it, or lower the other two."));
        }
    }

    /** @throws ConfigException when a setting is wrong; names it, its text and what to write */
    static IotHttpSourceConfig of(Map<String, String> properties) {
        AbstractConfig config = new AbstractConfig(Settings.config(), properties, false);
        IotHttpSourceConfig read = new IotHttpSourceConfig(
                properties.getOrDefault("name", "iot-http"),
                config.getString(Settings.TOPIC.key()),
                config.getString(Settings.HOST.key()),
                config.getInt(Settings.PORT.key()),
                config.getString(Settings.PATH.key()),
                text(config, Settings.KEY).map(JsonPointer::compile),
                config.getString(Settings.MALFORMED.key()).equals("refuse"),
                new Auth(
                        Optional.ofNullable(config.getPassword(Settings.BEARER.key())),
                        text(config, Settings.BEARER_FILE).map(Path::of)),
                tls(config),
                config.getBoolean(Settings.INSECURE.key()),
                limits(config));
        read.limits().check();
        List<Exposure> exposed =
                Exposure.of(read.host(), read.tls().isPresent(), read.authenticated(), read.insecure());
        if (!exposed.isEmpty()) {
            throw new ConfigException(Settings.HOST.key() + ": "
                    + exposed.get(0).message() + " " + exposed.get(0).remedy());
        }
        return read;
    }

    boolean authenticated() {
        return auth.asked() || tls.flatMap(Tls::clientCa).isPresent();
    }

    private static Optional<Tls> tls(AbstractConfig config) {
        Optional<String> certificate = text(config, Settings.CERTIFICATE);
        Optional<String> key = text(config, Settings.PRIVATE_KEY);
        Optional<String> clientCa = text(config, Settings.CLIENT_CA);
        if (certificate.isPresent() != key.isPresent()) {
            throw new ConfigException("Only one of '" + Settings.CERTIFICATE.key() + "' and '"
                    + Settings.PRIVATE_KEY.key() + "' is set. Set both, or none to go without TLS.");
        }
        if (clientCa.isPresent() && certificate.isEmpty()) {
            throw new ConfigException("'" + Settings.CLIENT_CA.key() + "' is set without TLS. Set '"
                    + Settings.CERTIFICATE.key() + "' and '" + Settings.PRIVATE_KEY.key() + "' too.");
        }
        return certificate.map(file -> new Tls(Path.of(file), Path.of(key.orElseThrow()), clientCa.map(Path::of)));
    }

    private static Limits limits(AbstractConfig config) {
        return new Limits(
                Math.toIntExact(bytes(config, Settings.MAX_BODY)),
                Math.toIntExact(bytes(config, Settings.MAX_INFLATED)),
                config.getInt(Settings.MAX_RECORDS.key()),
                config.getInt(Settings.MAX_REQUESTS.key()),
                config.getInt(Settings.MAX_CONNECTIONS.key()),
                bytes(config, Settings.MAX_IN_FLIGHT),
                config.getInt(Settings.MAX_QUEUED.key()),
                config.getInt(Settings.MAX_BATCH.key()),
                duration(config, Settings.READ_TIMEOUT),
                duration(config, Settings.COMMIT_TIMEOUT),
                duration(config, Settings.KEEP_ALIVE));
    }

    private static Optional<String> text(AbstractConfig config, Setting setting) {
        return Optional.ofNullable(config.getString(setting.key()));
    }

    private static long bytes(AbstractConfig config, Setting setting) {
        return Quantity.bytes(config.getString(setting.key())).orElseThrow();
    }

    private static Duration duration(AbstractConfig config, Setting setting) {
        return Quantity.duration(config.getString(setting.key())).orElseThrow();
    }
}
