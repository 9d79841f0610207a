package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;
import org.apache.kafka.controller.ControllerRequestContext;

/** Changes single settings of topics, the broker, groups, metrics subscriptions and loggers. */
final class IncrementalAlterConfigsApi implements Api {
    private final Services services;
    private final AlterRules rules;

    IncrementalAlterConfigsApi(Services services, AlterRules rules) {
        this.services = services;
        this.rules = rules;
    }

    @Override
    public void handle(Exchange exchange) {
        IncrementalAlterConfigsRequest request = exchange.request(IncrementalAlterConfigsRequest.class);
        boolean validateOnly = request.data().validateOnly();
        List<AlterConfigsResource> resources = List.copyOf(request.data().resources());
        IdentityHashMap<AlterConfigsResource, ApiError> done =
                AlterRules.repeated(resources, IncrementalAlterConfigsApi::name);
        Map<ConfigResource, Map<String, Map.Entry<OpType, String>>> changes = new HashMap<>();
        for (AlterConfigsResource resource : resources) {
            if (!done.containsKey(resource)) {
                ApiError error = check(exchange, resource, validateOnly);
                if (error.isFailure() || name(resource).type() == ConfigResource.Type.BROKER_LOGGER) {
                    done.put(resource, error);
                } else {
                    changes.put(name(resource), changes(resource));
                }
            }
        }
        ControllerRequestContext sender = new ControllerRequestContext(
                exchange.context().header.data(), exchange.context().principal, OptionalLong.empty());
        Replies.reply(
                exchange,
                services.metadata().controller().incrementalAlterConfigs(sender, changes, validateOnly, true),
                results -> {
                    IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
                    for (AlterConfigsResource resource : resources) {
                        ApiError early = done.get(resource);
                        ApiError error = early != null ? early : results.getOrDefault(name(resource), ApiError.NONE);
                        response.responses()
                                .add(new AlterConfigsResourceResponse()
                                        .setResourceName(resource.resourceName())
                                        .setResourceType(resource.resourceType())
                                        .setErrorCode(error.error().code())
                                        .setErrorMessage(error.message()));
                    }
                    return new IncrementalAlterConfigsResponse(response);
                });
    }

    private static ConfigResource name(AlterConfigsResource resource) {
        return new ConfigResource(ConfigResource.Type.forId(resource.resourceType()), resource.resourceName());
    }

    private static Map<String, Map.Entry<OpType, String>> changes(AlterConfigsResource resource) {
        Map<String, Map.Entry<OpType, String>> changes = new HashMap<>();
        // neither an unknown operation nor a deleted value is anything but null, which Map.entry would not take
        resource.configs()
                .forEach(config -> changes.put(
                        config.name(),
                        new java.util.AbstractMap.SimpleEntry<>(
                                OpType.forId(config.configOperation()), config.value())));
        return changes;
    }

    private ApiError check(Exchange exchange, AlterConfigsResource resource, boolean validateOnly) {
        ConfigResource name = name(resource);
        try {
            AlterRules.requireKeys(
                    resource.configs().stream().map(AlterableConfig::name).toList(),
                    resource.configs().stream()
                            .filter(config -> config.configOperation() != OpType.DELETE.id() && config.value() == null)
                            .map(AlterableConfig::name)
                            .toList());
            if (name.type() == ConfigResource.Type.BROKER_LOGGER) {
                loggers(exchange, resource, validateOnly);
                return ApiError.NONE;
            }
            if (!AlterRules.kept(name.type())) {
                throw new InvalidRequestException("Unknown resource type " + resource.resourceType());
            }
            if (name.type() == ConfigResource.Type.BROKER) {
                rules.broker(name.name(), rules.changed(resource));
            }
            return rules.authorized(exchange, name);
        } catch (RuntimeException e) {
            return ApiError.fromThrowable(e);
        }
    }

    private void loggers(Exchange exchange, AlterConfigsResource resource, boolean validateOnly) {
        if (rules.authorized(exchange, name(resource)).isFailure()) {
            throw new ClusterAuthorizationException(Errors.CLUSTER_AUTHORIZATION_FAILED.message());
        }
        int self = services.metadata().identity().nodeId();
        int id;
        try {
            id = Integer.parseInt(resource.resourceName());
        } catch (NumberFormatException e) {
            throw new InvalidRequestException("Node id must be an integer, but it is: " + resource.resourceName());
        }
        if (id != self) {
            throw new InvalidRequestException("Unexpected node id. Expected " + self + ", but received " + id);
        }
        LogLevels.change(resource.configs(), validateOnly);
    }
}
