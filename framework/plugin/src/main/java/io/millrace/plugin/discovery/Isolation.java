package io.millrace.plugin.discovery;

import java.util.List;
import java.util.Set;

/**
 * Which classes a plugin shares with the worker, by name; the same lines that Kafka Connect draws (its isolation.PluginUtils), so that plugins built
 * for it load here.
 */
final class Isolation {
    private static final List<String> PLATFORM =
            List.of("java.", "javax.", "jdk.", "org.w3c.dom.", "org.xml.sax.", "org.ietf.jgss.");
    private static final List<String> SHARED = List.of("org.apache.kafka.", "org.slf4j.", "io.millrace.api.");

    /** Parts of Apache Kafka that are plugins themselves, and so may come in a plugin's own version. */
    private static final List<String> KAFKA_PLUGINS = List.of(
            "org.apache.kafka.connect.transforms.",
            "org.apache.kafka.connect.json.",
            "org.apache.kafka.connect.file.",
            "org.apache.kafka.connect.mirror.",
            "org.apache.kafka.connect.mirror-client.",
            "org.apache.kafka.connect.converters.",
            "org.apache.kafka.connect.storage.StringConverter",
            "org.apache.kafka.connect.storage.SimpleHeaderConverter",
            "org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension",
            "org.apache.kafka.connect.connector.policy.",
            "org.apache.kafka.common.config.provider.");

    /** The interfaces among those: one for all, or the worker could not call the plugin. */
    private static final Set<String> KAFKA_INTERFACES = Set.of(
            "org.apache.kafka.connect.transforms.Transformation",
            "org.apache.kafka.connect.transforms.predicates.Predicate",
            "org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy",
            "org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest",
            "org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest$ClientType",
            "org.apache.kafka.common.config.provider.ConfigProvider");

    private Isolation() {}

    /** The worker's class comes first. */
    static boolean isShared(String className) {
        return startsWithAny(className, SHARED) && !isOfKafkaPlugins(className);
    }

    /** A plugin that Apache Kafka brings, such as JsonConverter, or a part of one. */
    static boolean isOfKafkaPlugins(String className) {
        return startsWithAny(className, KAFKA_PLUGINS) && !KAFKA_INTERFACES.contains(className);
    }

    /** The JDK's class comes first, where it has one. */
    static boolean mayBeOfThePlatform(String className) {
        return startsWithAny(className, PLATFORM);
    }

    /** The worker's class is never seen. */
    static boolean isHidden(String className) {
        return className.startsWith("io.millrace.") && !isShared(className);
    }

    static String resourceName(String className) {
        return className.replace('.', '/') + ".class";
    }

    private static boolean startsWithAny(String name, List<String> prefixes) {
        for (String prefix : prefixes) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
