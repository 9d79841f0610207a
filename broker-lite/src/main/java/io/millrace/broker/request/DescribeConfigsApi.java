package io.millrace.broker.request;

import io.millrace.broker.metadata.ConfigValidator;
import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.server.ConfigHelperUtils;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Tells how topics, the broker, groups, loggers and metrics subscriptions are configured, and why so. */
final class DescribeConfigsApi implements Api {
    private final Services services;
    private final BrokerSettings settings;

    DescribeConfigsApi(Services services, BrokerSettings settings) {
        this.services = services;
        this.settings = settings;
    }

    @Override
    public void handle(Exchange exchange) {
        // the settings of a thousand topics are work for other threads than the network's
        services.runOnIo(exchange, () -> answer(exchange));
    }

    private void answer(Exchange exchange) {
        DescribeConfigsRequest request = exchange.request(DescribeConfigsRequest.class);
        ConfigEntries entries = new ConfigEntries(
                settings, request.data().includeSynonyms(), request.data().includeDocumentation());
        List<DescribeConfigsResult> described = new ArrayList<>();
        List<DescribeConfigsResult> refused = new ArrayList<>();
        for (DescribeConfigsResource resource : request.data().resources()) {
            Errors refusal = refusal(exchange, resource);
            if (refusal == Errors.NONE) {
                described.add(describe(resource, entries));
            } else {
                refused.add(failed(resource, new ApiError(refusal, refusal.message())));
            }
        }
        described.addAll(refused);
        exchange.answer(new DescribeConfigsResponse(new DescribeConfigsResponseData().setResults(described)));
    }

    private Errors refusal(Exchange exchange, DescribeConfigsResource resource) {
        ConfigResource.Type type = ConfigResource.Type.forId(resource.resourceType());
        return switch (type) {
            case BROKER, BROKER_LOGGER, CLIENT_METRICS ->
                refusal(exchange, ResourceType.CLUSTER, Resource.CLUSTER_NAME, Errors.CLUSTER_AUTHORIZATION_FAILED);
            case TOPIC ->
                refusal(exchange, ResourceType.TOPIC, resource.resourceName(), Errors.TOPIC_AUTHORIZATION_FAILED);
            case GROUP ->
                refusal(exchange, ResourceType.GROUP, resource.resourceName(), Errors.GROUP_AUTHORIZATION_FAILED);
            case UNKNOWN ->
                throw new InvalidRequestException(
                        "Unexpected resource type " + type + " for resource " + resource.resourceName());
        };
    }

    private Errors refusal(Exchange exchange, ResourceType type, String name, Errors refusal) {
        return services.access().allowed(exchange.context(), AclOperation.DESCRIBE_CONFIGS, type, name)
                ? Errors.NONE
                : refusal;
    }

    private DescribeConfigsResult describe(DescribeConfigsResource resource, ConfigEntries entries) {
        try {
            return named(resource, found(resource, entries));
        } catch (RuntimeException e) {
            return failed(resource, ApiError.fromThrowable(e));
        }
    }

    private static DescribeConfigsResult failed(DescribeConfigsResource resource, ApiError error) {
        return named(
                resource,
                new DescribeConfigsResult().setErrorCode(error.error().code()).setErrorMessage(error.message()));
    }

    private static DescribeConfigsResult named(DescribeConfigsResource resource, DescribeConfigsResult result) {
        return result.setResourceName(resource.resourceName()).setResourceType(resource.resourceType());
    }

    private DescribeConfigsResult found(DescribeConfigsResource resource, ConfigEntries entries) {
        ConfigResource.Type type = ConfigResource.Type.forId(resource.resourceType());
        return switch (type) {
            case TOPIC -> topic(resource, entries);
            case BROKER -> broker(resource, entries);
            case BROKER_LOGGER -> loggers(resource);
            case CLIENT_METRICS -> metrics(resource, entries);
            case GROUP -> group(resource, entries);
            case UNKNOWN -> throw new InvalidRequestException("Unsupported resource type: " + type);
        };
    }

    private Properties kept(ConfigResource.Type type, String name) {
        return services.metadata().image().configs().configProperties(new ConfigResource(type, name));
    }

    private DescribeConfigsResult topic(DescribeConfigsResource resource, ConfigEntries entries) {
        String topic = resource.resourceName();
        Topic.validate(topic);
        if (!services.metadata().cache().contains(topic)) {
            return new DescribeConfigsResult().setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        Properties kept = kept(ConfigResource.Type.TOPIC, topic);
        LogConfig config = LogConfig.fromProps(ConfigValidator.logDefaults(settings.current()), kept);
        return ConfigHelperUtils.createResponseConfig(
                resource, config, (name, value) -> entries.topic(config, kept, name, value));
    }

    private DescribeConfigsResult broker(DescribeConfigsResource resource, ConfigEntries entries) {
        String broker = resource.resourceName();
        if (broker == null || broker.isEmpty()) {
            return ConfigHelperUtils.createResponseConfig(
                    resource, settings.common(), (name, value) -> entries.broker(false, name, value));
        }
        int self = services.metadata().identity().nodeId();
        if (brokerId(broker) != self) {
            throw new InvalidRequestException(
                    "Unexpected broker id, expected " + self + " or empty string, but received " + broker);
        }
        AbstractKafkaConfig config = settings.current();
        return ConfigHelperUtils.createResponseConfig(
                resource, config, (name, value) -> entries.broker(true, name, value));
    }

    private DescribeConfigsResult loggers(DescribeConfigsResource resource) {
        String broker = resource.resourceName();
        if (broker == null || broker.isEmpty()) {
            throw new InvalidRequestException("Broker id must not be empty");
        }
        int self = services.metadata().identity().nodeId();
        if (brokerId(broker) != self) {
            throw new InvalidRequestException("Unexpected broker id, expected " + self + " but received " + broker);
        }
        return ConfigHelperUtils.createResponseConfig(
                resource, LogLevels.all(), (name, value) -> new DescribeConfigsResourceResult()
                        .setName(name)
                        .setValue(value.toString())
                        .setConfigSource(ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG.id()));
    }

    private DescribeConfigsResult metrics(DescribeConfigsResource resource, ConfigEntries entries) {
        if (resource.resourceName() == null || resource.resourceName().isEmpty()) {
            throw new InvalidRequestException("Client metrics subscription name must not be empty");
        }
        Properties kept = kept(ConfigResource.Type.CLIENT_METRICS, resource.resourceName());
        ClientMetricsConfigs config = ClientMetricsConfigs.fromProps(ClientMetricsConfigs.defaultConfigsMap(), kept);
        return ConfigHelperUtils.createResponseConfig(
                resource, config, (name, value) -> entries.metrics(config, kept, name, value));
    }

    private DescribeConfigsResult group(DescribeConfigsResource resource, ConfigEntries entries) {
        if (resource.resourceName() == null || resource.resourceName().isEmpty()) {
            throw new InvalidRequestException("Group name must not be empty");
        }
        Properties kept = kept(ConfigResource.Type.GROUP, resource.resourceName());
        GroupConfig config = GroupConfig.fromProps(settings.current().extractGroupConfigMap(), kept);
        return ConfigHelperUtils.createResponseConfig(
                resource, config, (name, value) -> entries.group(config, kept, name, value));
    }

    private static int brokerId(String name) {
        try {
            return Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new InvalidRequestException("Broker id must be an integer, but it is: " + name);
        }
    }
}
