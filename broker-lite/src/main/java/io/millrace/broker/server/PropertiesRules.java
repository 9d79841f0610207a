package io.millrace.broker.server;

import io.millrace.broker.metadata.ConfigValidator;
import io.millrace.broker.transaction.TransactionSettings;
import io.millrace.foundation.config.PropertiesFile;
import io.millrace.foundation.error.Problems;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.network.SocketServerConfigs;
import org.apache.kafka.raft.MetadataLogConfig;
import org.apache.kafka.server.config.ServerLogConfigs;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Checks what properties say together: Kafka's own rules, without those between nodes, and those of a node that is alone. */
final class PropertiesRules {
    private static final int MIN_DEDUPE_BYTES = 1 << 20;

    private final PropertiesFile written;
    private final BrokerProperties config;
    private final Problems problems;

    PropertiesRules(PropertiesFile written, BrokerProperties config, Problems problems) {
        this.written = written;
        this.config = config;
        this.problems = problems;
    }

    void check() {
        node();
        folders();
        listeners();
        connections();
        cleaner();
        parts();
    }

    private void problem(String code, String key, String message, String remedy) {
        problems.error(code, written.place(key), message, remedy);
    }

    private void node() {
        List<String> roles = config.getList("process.roles");
        if (!roles.contains("broker")) {
            problem(
                    "broker.role",
                    "process.roles",
                    "'" + String.join(",", roles) + "' makes a node that serves no clients.",
                    "Write process.roles=broker,controller; this broker needs no controller besides itself.");
        }
        if (config.nodeId() != config.brokerId()) {
            problem(
                    "broker.node-id",
                    "broker.id",
                    "broker.id '" + config.brokerId() + "' and node.id '" + config.nodeId() + "' differ.",
                    "Keep node.id and remove broker.id.");
        }
    }

    private void folders() {
        List<String> folders = config.logDirs();
        if (folders.size() != 1) {
            problem(
                    "broker.folders",
                    ServerLogConfigs.LOG_DIRS_CONFIG,
                    folders + " are " + folders.size() + " folders; this broker keeps its data in one.",
                    "Name one folder in log.dirs.");
        }
        String key = MetadataLogConfig.METADATA_LOG_DIR_CONFIG;
        String metadata = config.getString(key);
        if (metadata != null
                && !folders.stream().map(PropertiesRules::path).toList().contains(path(metadata))) {
            problem(
                    "broker.folders",
                    key,
                    "'" + metadata + "' is another folder than log.dirs " + folders
                            + "; this broker keeps its metadata with its data.",
                    "Remove the line. If there are topics to keep, move __cluster_metadata-0 from there into the folder of"
                            + " log.dirs.");
        }
    }

    private static Path path(String folder) {
        return Path.of(folder).toAbsolutePath().normalize();
    }

    private void listeners() {
        Endpoints endpoints;
        try {
            endpoints = Endpoints.of(config);
        } catch (RuntimeException e) {
            problem(
                    "broker.listeners",
                    SocketServerConfigs.LISTENERS_CONFIG,
                    "The listeners cannot be understood: " + e.getMessage() + ".",
                    "Write a list like PLAINTEXT://127.0.0.1:9092,SSL://:9093; names that are no protocols need an entry in"
                            + " listener.security.protocol.map.");
            return;
        }
        if (endpoints.bound().isEmpty()) {
            problem(
                    "broker.listeners",
                    SocketServerConfigs.LISTENERS_CONFIG,
                    "No listener is for clients: all are in controller.listener.names.",
                    "Add one, like PLAINTEXT://127.0.0.1:9092.");
        }
        advertised(endpoints);
        endpoints.bound().forEach(this::keys);
    }

    private void advertised(Endpoints endpoints) {
        String key = SocketServerConfigs.ADVERTISED_LISTENERS_CONFIG;
        Set<String> bound = endpoints.bound().stream().map(Endpoint::listener).collect(Collectors.toSet());
        for (Endpoint told : endpoints.told()) {
            if (!bound.contains(told.listener())) {
                problem(
                        "broker.advertised-listeners",
                        key,
                        "'" + told.listener() + "' is advertised, but listeners has no such name.",
                        "Names there are: " + bound + ".");
            }
            if ("0.0.0.0".equals(told.host())) {
                problem(
                        "broker.advertised-listeners",
                        config.originals().containsKey(key) ? key : SocketServerConfigs.LISTENERS_CONFIG,
                        "Clients of '" + told.listener()
                                + "' would be told to connect to '0.0.0.0', which leads nowhere.",
                        "Write in advertised.listeners the host name by which clients reach this machine.");
            }
        }
    }

    private void keys(Endpoint listener) {
        if (listener.securityProtocol() != SecurityProtocol.SSL
                && listener.securityProtocol() != SecurityProtocol.SASL_SSL) {
            return;
        }
        var own = config.valuesWithPrefixOverride(
                ListenerName.normalised(listener.listener()).configPrefix());
        if (own.get(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG) == null
                && own.get(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG) == null
                && own.get(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG) == null) {
            problem(
                    "broker.no-key",
                    SocketServerConfigs.LISTENERS_CONFIG,
                    "The " + listener.securityProtocol() + " listener '" + listener.listener() + "' has no key.",
                    "Set ssl.keystore.location (ssl.keystore.type=PEM takes a file with key and certificate).");
        }
    }

    private void connections() {
        long queued = config.getLong(SocketServerConfigs.QUEUED_MAX_BYTES_CONFIG);
        int request = config.getInt(SocketServerConfigs.SOCKET_REQUEST_MAX_BYTES_CONFIG);
        if (queued > 0 && queued < request) {
            problem(
                    "broker.bad-value",
                    SocketServerConfigs.QUEUED_MAX_BYTES_CONFIG,
                    "queued.max.request.bytes '" + queued + "' is less than socket.request.max.bytes '" + request
                            + "'.",
                    "One request of the greatest size must fit.");
        }
        long idle = config.getLong(SocketServerConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG);
        int delay = config.getInt(SocketServerConfigs.FAILED_AUTHENTICATION_DELAY_MS_CONFIG);
        if (idle >= 0 && delay >= idle) {
            problem(
                    "broker.bad-value",
                    SocketServerConfigs.FAILED_AUTHENTICATION_DELAY_MS_CONFIG,
                    "connection.failed.authentication.delay.ms '" + delay
                            + "' is not less than connections.max.idle.ms '" + idle + "'.",
                    "Otherwise clients would not hear that they were refused.");
        }
        String key = SocketServerConfigs.MAX_CONNECTIONS_PER_IP_OVERRIDES_CONFIG;
        attempt(key, () -> {
            if (Limits.overrides(config).isEmpty()
                    && config.getInt(SocketServerConfigs.MAX_CONNECTIONS_PER_IP_CONFIG) == 0) {
                throw new IllegalArgumentException("max.connections.per.ip is 0, and no address is allowed more");
            }
        });
    }

    private void cleaner() {
        long bytes = config.getLong(CleanerConfig.LOG_CLEANER_DEDUPE_BUFFER_SIZE_PROP);
        int threads = Math.max(1, config.getInt(CleanerConfig.LOG_CLEANER_THREADS_PROP));
        if (bytes / threads <= MIN_DEDUPE_BYTES) {
            problem(
                    "broker.bad-value",
                    CleanerConfig.LOG_CLEANER_DEDUPE_BUFFER_SIZE_PROP,
                    "log.cleaner.dedupe.buffer.size '" + bytes + "' gives a cleaner thread less than 1 MiB.",
                    "Write more than " + (long) MIN_DEDUPE_BYTES * threads + " bytes.");
        }
    }

    /** What the parts check when they are made. */
    private void parts() {
        attempt("group.", () -> new GroupCoordinatorConfig(config));
        attempt("transaction.", () -> TransactionSettings.of(config));
        attempt("log.", () -> {
            LogConfig defaults = new LogConfig(ConfigValidator.logDefaults(config));
            if (defaults.segmentMs < 1) {
                throw new IllegalArgumentException("log.roll.ms must be at least 1");
            }
        });
    }

    private void attempt(String key, Runnable part) {
        try {
            part.run();
        } catch (RuntimeException e) {
            problem(
                    "broker.bad-value",
                    key,
                    "The properties '" + key + "' contradict each other or their rules: " + e.getMessage() + ".",
                    "Kafka's documentation of broker configs tells what is allowed.");
        }
    }
}
