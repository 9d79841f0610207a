package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.controller.ControllerRequestContext;

/** Gives resources a whole configuration in the place of theirs: the way before {@link IncrementalAlterConfigsApi}. */
final class AlterConfigsApi implements Api {
    private final Services services;
    private final AlterRules rules;

    AlterConfigsApi(Services services, AlterRules rules) {
        this.services = services;
        this.rules = rules;
    }

    @Override
    public void handle(Exchange exchange) {
        AlterConfigsRequest request = exchange.request(AlterConfigsRequest.class);
        List<AlterConfigsResource> resources = List.copyOf(request.data().resources());
        IdentityHashMap<AlterConfigsResource, ApiError> refused = AlterRules.repeated(resources, AlterConfigsApi::name);
        Map<ConfigResource, Map<String, String>> changes = new HashMap<>();
        for (AlterConfigsResource resource : resources) {
            if (!refused.containsKey(resource)) {
                ApiError error = check(exchange, resource);
                if (error.isFailure()) {
                    refused.put(resource, error);
                } else {
                    Map<String, String> values = new HashMap<>();
                    resource.configs().forEach(config -> values.put(config.name(), config.value()));
                    changes.put(name(resource), values);
                }
            }
        }
        ControllerRequestContext sender = new ControllerRequestContext(
                exchange.context().header.data(), exchange.context().principal, OptionalLong.empty());
        Replies.reply(
                exchange,
                services.metadata()
                        .controller()
                        .legacyAlterConfigs(sender, changes, request.data().validateOnly(), true),
                results -> {
                    AlterConfigsResponseData response = new AlterConfigsResponseData();
                    for (AlterConfigsResource resource : resources) {
                        ApiError refusal = refused.get(resource);
                        ApiError error =
                                refusal != null ? refusal : results.getOrDefault(name(resource), ApiError.NONE);
                        response.responses()
                                .add(new AlterConfigsResourceResponse()
                                        .setResourceName(resource.resourceName())
                                        .setResourceType(resource.resourceType())
                                        .setErrorCode(error.error().code())
                                        .setErrorMessage(error.message()));
                    }
                    return new AlterConfigsResponse(response);
                });
    }

    private static ConfigResource name(AlterConfigsResource resource) {
        return new ConfigResource(ConfigResource.Type.forId(resource.resourceType()), resource.resourceName());
    }

    private ApiError check(Exchange exchange, AlterConfigsResource resource) {
        ConfigResource name = name(resource);
        try {
            AlterRules.requireKeys(
                    resource.configs().stream().map(AlterableConfig::name).toList(),
                    resource.configs().stream()
                            .filter(config -> config.value() == null)
                            .map(AlterableConfig::name)
                            .toList());
            if (!AlterRules.kept(name.type())) {
                throw new InvalidRequestException("Unknown resource type " + resource.resourceType());
            }
            if (name.type() == ConfigResource.Type.BROKER) {
                Properties next = new Properties();
                resource.configs().forEach(config -> next.setProperty(config.name(), config.value()));
                rules.broker(name.name(), next);
            }
            return rules.authorized(exchange, name);
        } catch (RuntimeException e) {
            return ApiError.fromThrowable(e);
        }
    }
}
