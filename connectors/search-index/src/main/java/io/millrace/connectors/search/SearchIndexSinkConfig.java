package io.millrace.connectors.search;

import io.millrace.connectors.common.Quantity;
import io.millrace.connectors.common.Setting;
import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.common.Trouble;
import java.net.URI;
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
 * @param decimalsAsText whether decimals are text and no numbers
 * @param origin whether documents have a field {@code _origin}
 */
record SearchIndexSinkConfig(
        String connector,
        Server server,
        IndexName index,
        DocumentIds.Source id,
        IndexOptions indexOptions,
        boolean decimalsAsText,
        boolean origin,
        long bulkBytes,
        int bulkRecords,
        Duration patience,
        Map<String, StreamRef> streams) {

    /**
     * Where the server is and who asks.
     *
     * @param urls nodes of one cluster, without a slash at the end
     * @param headers each as {@code Name: value}
     */
    record Server(
            List<URI> urls,
            Optional<String> user,
            Optional<Password> password,
            Optional<Password> apiKey,
            Optional<String> ca,
            List<String> headers,
            boolean gzip,
            Duration timeout) {

        /** Without headers, which may hold secrets. */
        @Override
        public String toString() {
            return "Server" + urls;
        }
    }

    /** What may be done to indices, and how a new one is set up. */
    record IndexOptions(
            boolean create,
            boolean addFields,
            Duration gcDeletes,
            Optional<Integer> shards,
            Optional<Integer> replicas) {}

    /** @throws ConfigException when a setting is wrong; names it, its text and what to write */
    static SearchIndexSinkConfig of(Map<String, String> properties) {
        AbstractConfig config = new AbstractConfig(Settings.config(), properties, false);
        Server server = new Server(
                config.getList(Settings.URL.key()).stream()
                        .map(url -> URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url))
                        .toList(),
                text(config, Settings.USER),
                Optional.ofNullable(config.getPassword(Settings.PASSWORD.key())),
                Optional.ofNullable(config.getPassword(Settings.API_KEY.key())),
                text(config, Settings.CA),
                config.getList(Settings.HEADERS.key()),
                config.getBoolean(Settings.GZIP.key()),
                duration(config, Settings.TIMEOUT));
        credentialsTrouble(
                        server.user().isPresent(),
                        server.password().isPresent(),
                        server.apiKey().isPresent())
                .ifPresent(trouble -> {
                    throw new ConfigException(trouble.text());
                });
        return new SearchIndexSinkConfig(
                properties.getOrDefault("name", "search-index"),
                server,
                new IndexName(config.getString(Settings.INDEX.key()), config.getString(Settings.PIPELINE.key())),
                DocumentIds.Source.of(config.getString(Settings.ID.key())),
                new IndexOptions(
                        config.getBoolean(Settings.CREATE_INDEX.key()),
                        config.getBoolean(Settings.ADD_FIELDS.key()),
                        duration(config, Settings.GC_DELETES),
                        Optional.ofNullable(config.getInt(Settings.SHARDS.key())),
                        Optional.ofNullable(config.getInt(Settings.REPLICAS.key()))),
                config.getString(Settings.DECIMALS.key()).equals("string"),
                config.getBoolean(Settings.ORIGIN.key()),
                Quantity.bytes(config.getString(Settings.BULK_SIZE.key())).orElseThrow(),
                config.getInt(Settings.BULK_RECORDS.key()),
                duration(config, Settings.PATIENCE),
                StreamRef.parse(config.getList(Settings.STREAMS.key())));
    }

    /** Names the fields as a pipeline does; they are the same but for the prefix in Connect. */
    static Optional<Trouble> credentialsTrouble(boolean user, boolean password, boolean apiKey) {
        if (apiKey && (user || password)) {
            return Optional.of(new Trouble(
                    "Both 'api_key' and 'user' or 'password' are set.",
                    "Set 'api_key' alone, or 'user' and 'password'."));
        }
        return user == password
                ? Optional.empty()
                : Optional.of(new Trouble("Only one of 'user' and 'password' is set.", "Set both, or none."));
    }

    StreamRef stream(String topic) {
        return streams.getOrDefault(topic, StreamRef.undescribed(topic));
    }

    private static Optional<String> text(AbstractConfig config, Setting setting) {
        return Optional.ofNullable(config.getString(setting.key()));
    }

    private static Duration duration(AbstractConfig config, Setting setting) {
        return Quantity.duration(config.getString(setting.key())).orElseThrow();
    }
}
