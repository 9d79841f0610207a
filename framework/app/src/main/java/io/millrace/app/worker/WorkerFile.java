package io.millrace.app.worker;

import io.millrace.foundation.config.DidYouMean;
import io.millrace.foundation.config.PropertiesFile;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import io.millrace.worker.WorkerConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * A standalone worker's properties, as Kafka Connect reads them.
 *
 * @param config but for what tells this worker from others
 * @param pluginPath {@code plugin.path}; more than what Millrace brings
 * @param rest where the REST interface listens
 * @param offsetFile {@code offset.storage.file.filename}
 * @param warnings what has no effect here, and what nobody knows
 */
record WorkerFile(
        WorkerConfig.Builder config, List<Path> pluginPath, URI rest, Path offsetFile, List<Problem> warnings) {
    private static final String CODE = "worker.property";
    private static final URI DEFAULT_REST = URI.create("http://127.0.0.1:8083");
    private static final List<String> CONVERTERS = List.of("key.converter", "value.converter", "header.converter");
    private static final List<String> CLIENTS = List.of("producer.", "consumer.", "admin.");

    /** Known to Kafka Connect, and without effect here. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "offset.flush.timeout.ms",
            "plugin.discovery",
            "metrics.sample.window.ms",
            "metrics.num.samples",
            "metrics.recording.level",
            "access.control.allow.origin",
            "access.control.allow.methods",
            "rest.advertised.host.name",
            "rest.advertised.port",
            "rest.advertised.listener",
            "topic.tracking.enable",
            "topic.tracking.allow.reset");

    /** What Kafka Connect does with them a worker here does not, and to run without would be wrong. */
    private static final Map<String, String> NOT_YET = Map.of(
            "config.providers", "settings that stand elsewhere",
            "rest.extension.classes", "REST extensions",
            "admin.listeners", "listeners for administrators",
            "response.http.headers.config", "headers of REST answers",
            "metric.reporters", "reporters of metrics",
            "config.storage.topic", "several workers that share connectors",
            "status.storage.topic", "several workers that share connectors");

    private static final Set<String> OURS = Set.of(
            "bootstrap.servers",
            "offset.storage.file.filename",
            "offset.flush.interval.ms",
            "task.shutdown.graceful.timeout.ms",
            "plugin.path",
            "listeners",
            "connector.client.config.override.policy",
            "topic.creation.enable");

    /** @throws ProblemException YOURS, with everything that is wrong */
    static WorkerFile read(Path file) {
        return new Reader(PropertiesFile.read(file, CODE, "Kafka Connect's worker properties"), file).read();
    }

    private static final class Reader {
        private final PropertiesFile given;
        private final Path file;
        private final Problems problems = new Problems();
        private final List<Problem> warnings = new ArrayList<>();

        private Reader(PropertiesFile given, Path file) {
            this.given = given;
            this.file = file;
        }

        private WorkerFile read() {
            given.values().keySet().stream().sorted().forEach(this::look);
            required("bootstrap.servers", "the brokers, host:port");
            required("offset.storage.file.filename", "the file where Kafka Connect kept or would keep its offsets");
            required("key.converter", "the converter of keys");
            required("value.converter", "the converter of values");
            only("connector.client.config.override.policy", "All");
            only("topic.creation.enable", "true");
            long flush = millis("offset.flush.interval.ms", 1_000);
            long graceful = millis("task.shutdown.graceful.timeout.ms", 5_000);
            URI rest = rest();
            problems.throwIfErrors(ExitCode.YOURS);
            WorkerConfig.Builder config = WorkerConfig.at(value("bootstrap.servers"))
                    .workerId(rest.getHost() + ":" + rest.getPort())
                    .onlyConverters(below(CONVERTERS))
                    .clientConfig(clientConfig())
                    .offsetFlushInterval(Duration.ofMillis(flush))
                    .gracefulShutdown(Duration.ofMillis(graceful));
            return new WorkerFile(
                    config, pluginPath(), rest, Path.of(value("offset.storage.file.filename")), List.copyOf(warnings));
        }

        private String value(String key) {
            return given.values().getOrDefault(key, "").strip();
        }

        private void look(String key) {
            if (NOT_YET.containsKey(key) && !value(key).isEmpty()) {
                problems.error(
                        "worker.not-yet",
                        given.place(key),
                        "'" + key + "' asks for " + NOT_YET.get(key) + ", which this worker has not yet.",
                        "Take it out, or run this worker with Kafka Connect.");
            } else if (WITHOUT_EFFECT.contains(key)) {
                warnings.add(
                        Problem.warning("worker.no-effect", given.place(key), "'" + key + "' has no effect here.", ""));
            } else if (!isKnown(key)) {
                TreeSet<String> known = new TreeSet<>(OURS);
                known.addAll(CONVERTERS);
                warnings.add(Problem.warning(
                        CODE,
                        given.place(key),
                        "'" + key + "' is no property of a worker.",
                        DidYouMean.hint(key, known)));
            }
        }

        private static boolean isKnown(String key) {
            return OURS.contains(key)
                    || NOT_YET.containsKey(key)
                    || CONVERTERS.stream().anyMatch(prefix -> key.equals(prefix) || key.startsWith(prefix + "."))
                    || CLIENTS.stream().anyMatch(key::startsWith)
                    || isOfClients(key);
        }

        private static boolean isOfClients(String key) {
            return AdminClientConfig.configNames().contains(key)
                    || ProducerConfig.configNames().contains(key)
                    || ConsumerConfig.configNames().contains(key);
        }

        private void required(String key, String what) {
            if (value(key).isEmpty()) {
                problems.error(CODE, file.toString(), "'" + key + "' is missing.", "Set it: " + what + ".");
            }
        }

        private void only(String key, String supported) {
            if (!value(key).isEmpty() && !value(key).equalsIgnoreCase(supported)) {
                problems.error(
                        "worker.not-yet",
                        given.place(key),
                        "'" + key + "' is '" + value(key) + "'; this worker knows '" + supported + "' only so far.",
                        "Take it out, or run this worker with Kafka Connect.");
            }
        }

        private long millis(String key, long byDefault) {
            String text = value(key);
            if (text.isEmpty()) {
                return byDefault;
            }
            try {
                long millis = Long.parseLong(text);
                if (millis >= 0) {
                    return millis;
                }
            } catch (NumberFormatException e) {
                // Told below, as a negative number is.
            }
            problems.error(CODE, given.place(key), "'" + key + "' is '" + text + "', no number of milliseconds.", "");
            return byDefault;
        }

        /** The first listener; Kafka Connect too has one address that it tells others. */
        private URI rest() {
            String listeners = value("listeners");
            if (listeners.isEmpty()) {
                return DEFAULT_REST;
            }
            String first = listeners.split(",")[0].strip();
            // An empty host means all addresses, as in Kafka.
            URI uri =
                    uri(first.replaceFirst("^([A-Za-z]+)://:", "$1://0.0.0.0:").toLowerCase(Locale.ROOT));
            if (!"http".equals(uri.getScheme()) || uri.getHost() == null || uri.getPort() < 0) {
                problems.error(
                        CODE,
                        given.place("listeners"),
                        "'listeners' is '" + listeners + "'; this worker knows 'http://<host>:<port>' only so far.",
                        "Put a proxy with TLS before it.");
                return DEFAULT_REST;
            }
            return uri;
        }

        /** One without a scheme where the text is no URI. */
        private static URI uri(String text) {
            try {
                return new URI(text);
            } catch (URISyntaxException e) {
                return URI.create("");
            }
        }

        private Map<String, String> below(List<String> prefixes) {
            Map<String, String> found = new HashMap<>();
            given.values().forEach((key, value) -> {
                if (prefixes.stream().anyMatch(prefix -> key.equals(prefix) || key.startsWith(prefix + "."))) {
                    found.put(key, value);
                }
            });
            return found;
        }

        /** Of all clients by their own names, of one kind below its prefix. */
        private Map<String, String> clientConfig() {
            Map<String, String> found = new HashMap<>();
            given.values().forEach((key, value) -> {
                if (CLIENTS.stream().anyMatch(key::startsWith)
                        || (isOfClients(key) && !OURS.contains(key) && !NOT_YET.containsKey(key))) {
                    found.put(key, value);
                }
            });
            return found;
        }

        private List<Path> pluginPath() {
            return Arrays.stream(value("plugin.path").split(","))
                    .map(String::strip)
                    .filter(entry -> !entry.isEmpty())
                    .map(Path::of)
                    .toList();
        }
    }

    /** Of the identity that stands beside the offsets. */
    Optional<Path> identityFile() {
        Path name = offsetFile.getFileName();
        return name == null ? Optional.empty() : Optional.of(offsetFile.resolveSibling(name + ".millrace"));
    }
}
