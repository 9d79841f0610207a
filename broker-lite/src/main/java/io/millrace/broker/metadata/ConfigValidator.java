package io.millrace.broker.metadata;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.controller.ConfigurationValidator;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Checks a change of configuration before the controller makes it, with Kafka's rules and Kafka's words. */
public final class ConfigValidator implements ConfigurationValidator {
    private volatile Supplier<AbstractKafkaConfig> broker;

    /** @param started the properties that count until {@link #follow} gives others */
    ConfigValidator(AbstractKafkaConfig started) {
        this.broker = () -> started;
    }

    /** Checks against the properties as they are when a change is asked for. */
    void follow(Supplier<AbstractKafkaConfig> current) {
        this.broker = current;
    }

    @Override
    public void validate(ConfigResource resource) {
        switch (resource.type()) {
            case TOPIC -> topicName(resource.name());
            case BROKER -> brokerName(resource.name());
            default -> throw unknown(resource);
        }
    }

    @Override
    public void validate(ConfigResource resource, Map<String, String> next, Map<String, String> former) {
        switch (resource.type()) {
            case TOPIC -> {
                topicName(resource.name());
                // with no values to start from, Kafka would leave out the checks of what belongs together
                LogConfig.validate(
                        former, withoutNulls(next, "topic"), new LogConfig(logDefaults(broker.get())).values(), false);
            }
            case BROKER -> brokerName(resource.name());
            case CLIENT_METRICS -> ClientMetricsConfigs.validate(resource.name(), withoutNulls(next, "client metrics"));
            case GROUP -> {
                AbstractKafkaConfig now = broker.get();
                if (resource.name().isEmpty()) {
                    throw new InvalidRequestException("Default group resources are not allowed.");
                }
                GroupConfig.validate(
                        withoutNulls(next, "group"), new GroupCoordinatorConfig(now), new ShareGroupConfig(now));
            }
            default -> throw unknown(resource);
        }
    }

    /** The values that a topic has where neither it nor the cluster says otherwise, by topic configuration name. */
    public static Map<String, Object> logDefaults(AbstractKafkaConfig broker) {
        Map<String, Object> defaults = new HashMap<>();
        org.apache.kafka.server.config.ServerTopicConfigSynonyms.ALL_TOPIC_CONFIG_SYNONYMS.forEach(
                (topicName, synonyms) -> synonyms.stream()
                        .filter(s -> broker.originals().containsKey(s.name()))
                        .findFirst()
                        .ifPresent(s -> defaults.put(
                                topicName,
                                s.converter()
                                        .apply(String.valueOf(broker.originals().get(s.name()))))));
        return defaults;
    }

    private static void topicName(String name) {
        if (name.isEmpty()) {
            throw new InvalidRequestException("Default topic resources are not allowed.");
        }
        Topic.validate(name);
    }

    private static void brokerName(String name) {
        if (name.isEmpty()) {
            return;
        }
        int id;
        try {
            id = Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new InvalidRequestException("Unable to parse broker name as a base 10 number.");
        }
        if (id < 0) {
            throw new InvalidRequestException("Invalid negative broker ID.");
        }
    }

    private static Map<String, String> withoutNulls(Map<String, String> configs, String kind) {
        String nulls = configs.entrySet().stream()
                .filter(e -> e.getValue() == null)
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(","));
        if (!nulls.isEmpty()) {
            throw new InvalidConfigurationException("Null value not supported for " + kind + " configs: " + nulls);
        }
        return configs;
    }

    private static InvalidRequestException unknown(ConfigResource resource) {
        return new InvalidRequestException("Unknown resource type " + resource.type());
    }
}
