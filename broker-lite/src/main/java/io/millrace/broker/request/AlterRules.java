package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.config.AbstractKafkaConfig;

/** What a change of configuration must meet before the controller sees it. */
final class AlterRules {
    private final Services services;
    private final BrokerSettings settings;

    AlterRules(Services services, BrokerSettings settings) {
        this.services = services;
        this.settings = settings;
    }

    /** The resources of a request, and the error that the repeated ones get. */
    static <T> IdentityHashMap<T, ApiError> repeated(List<T> resources, Function<T, ConfigResource> name) {
        Map<ConfigResource, List<T>> named = new LinkedHashMap<>();
        resources.forEach(r ->
                named.computeIfAbsent(name.apply(r), n -> new ArrayList<>()).add(r));
        IdentityHashMap<T, ApiError> refused = new IdentityHashMap<>();
        named.values().stream()
                .filter(same -> same.size() > 1)
                .flatMap(List::stream)
                .forEach(r -> refused.put(
                        r, new ApiError(Errors.INVALID_REQUEST, "Each resource must appear at most once.")));
        return refused;
    }

    /** @throws InvalidRequestException if a key is there twice, or one that needs a value has none */
    static void requireKeys(List<String> keys, List<String> withoutValue) {
        if (new HashSet<>(keys).size() < keys.size()) {
            throw new InvalidRequestException("Error due to duplicate config keys");
        }
        if (!withoutValue.isEmpty()) {
            throw new InvalidRequestException("Null value not supported for : " + String.join(", ", withoutValue));
        }
    }

    /** @throws InvalidRequestException if the name is that of another node */
    void requireSelf(String name) {
        int self = services.metadata().identity().nodeId();
        int id;
        try {
            id = Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new InvalidRequestException("Node id must be an integer, but it is: " + name);
        }
        if (id != self) {
            throw new InvalidRequestException("Unexpected broker id, expected " + self + ", but received " + name);
        }
    }

    /** Looks whether the broker, or all if the name is empty, may be configured so. */
    void broker(String name, Properties next) {
        if (!name.isEmpty()) {
            requireSelf(name);
        }
        try {
            settings.validate(next, !name.isEmpty());
        } catch (ConfigException e) {
            throw new InvalidRequestException(e.getMessage());
        }
    }

    /** The changed properties of the broker, or of all if the resource has no name, after one more change. */
    Properties changed(AlterConfigsResource resource) {
        Properties next = new Properties();
        next.putAll(resource.resourceName().isEmpty() ? settings.common() : settings.own());
        for (AlterableConfig change : resource.configs()) {
            OpType operation = OpType.forId(change.configOperation());
            if (operation == null) {
                throw new InvalidRequestException("Unknown operations type " + change.configOperation());
            }
            apply(next, change, operation);
        }
        return next;
    }

    private static void apply(Properties next, AlterableConfig change, OpType operation) {
        String name = change.name();
        switch (operation) {
            case SET -> next.setProperty(name, change.value());
            case DELETE -> next.remove(name);
            case APPEND -> {
                List<String> values = new ArrayList<>(list(next, name, "append"));
                Arrays.stream(change.value().split(",", -1))
                        .filter(value -> !values.contains(value))
                        .forEach(values::add);
                next.setProperty(name, String.join(",", values));
            }
            case SUBTRACT -> {
                List<String> values = new ArrayList<>(list(next, name, "subtract"));
                values.removeAll(List.of(change.value().split(",", -1)));
                next.setProperty(name, String.join(",", values));
            }
        }
    }

    private static List<String> list(Properties now, String name, String operation) {
        ConfigKey key = AbstractKafkaConfig.CONFIG_DEF.configKeys().get(name);
        if (key == null) {
            throw new InvalidConfigurationException("Unknown config name: " + name);
        }
        if (key.type != ConfigDef.Type.LIST) {
            throw new InvalidConfigurationException(
                    "Config value " + operation + " is not allowed for config key: " + name);
        }
        String value = Optional.ofNullable(now.getProperty(name))
                .orElseGet(() -> Objects.requireNonNullElse(
                        ConfigDef.convertToString(key.defaultValue, ConfigDef.Type.LIST), ""));
        return value.isEmpty() ? List.of() : List.of(value.split(",", -1));
    }

    /** What the sender is told who may not change a resource, or NONE. */
    ApiError authorized(Exchange exchange, ConfigResource resource) {
        return switch (resource.type()) {
            case BROKER, CLIENT_METRICS, BROKER_LOGGER ->
                authorized(exchange, ResourceType.CLUSTER, Resource.CLUSTER_NAME, Errors.CLUSTER_AUTHORIZATION_FAILED);
            case TOPIC -> authorized(exchange, ResourceType.TOPIC, resource.name(), Errors.TOPIC_AUTHORIZATION_FAILED);
            case GROUP -> authorized(exchange, ResourceType.GROUP, resource.name(), Errors.GROUP_AUTHORIZATION_FAILED);
            case UNKNOWN -> new ApiError(Errors.INVALID_REQUEST, "Unexpected resource type " + resource.type() + ".");
        };
    }

    private ApiError authorized(Exchange exchange, ResourceType type, String name, Errors refusal) {
        return services.access().allowed(exchange.context(), AclOperation.ALTER_CONFIGS, type, name)
                ? ApiError.NONE
                : new ApiError(refusal);
    }

    /** The types of resources that the controller keeps the configuration of. */
    static boolean kept(ConfigResource.Type type) {
        return Set.of(
                        ConfigResource.Type.TOPIC,
                        ConfigResource.Type.CLIENT_METRICS,
                        ConfigResource.Type.GROUP,
                        ConfigResource.Type.BROKER)
                .contains(type);
    }
}
