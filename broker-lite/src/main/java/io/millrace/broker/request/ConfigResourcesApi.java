package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;
import org.apache.kafka.common.requests.ListConfigResourcesResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;

/** Lists what has a configuration. */
final class ConfigResourcesApi implements Api {
    private final Services services;

    ConfigResourcesApi(Services services) {
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        ListConfigResourcesRequest request = exchange.request(ListConfigResourcesRequest.class);
        if (!services.access()
                .allowed(
                        exchange.context(),
                        AclOperation.DESCRIBE_CONFIGS,
                        ResourceType.CLUSTER,
                        Resource.CLUSTER_NAME)) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
        Set<Byte> supported = request.supportedResourceTypes();
        List<Byte> asked = request.data().resourceTypes();
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        if (!supported.containsAll(asked)) {
            exchange.answer(new ListConfigResourcesResponse(response.setErrorCode(Errors.UNSUPPORTED_VERSION.code())));
            return;
        }
        Collection<Byte> types = asked.isEmpty() ? supported : asked;
        for (ConfigResource.Type type : ConfigResource.Type.values()) {
            if (types.contains(type.id())) {
                names(exchange, type).forEach(name -> response.configResources()
                        .add(new ListConfigResourcesResponseData.ConfigResource()
                                .setResourceName(name)
                                .setResourceType(type.id())));
            }
        }
        exchange.answer(new ListConfigResourcesResponse(response));
    }

    private Collection<String> names(Exchange exchange, ConfigResource.Type type) {
        return switch (type) {
            case TOPIC -> services.metadata().cache().getAllTopics();
            case BROKER, BROKER_LOGGER ->
                services.metadata().cache().getBrokerNodes(exchange.context().listenerName).stream()
                        .map(Node::idString)
                        .toList();
            case GROUP, CLIENT_METRICS ->
                services.metadata().image().configs().resourceData().keySet().stream()
                        .filter(resource -> resource.type() == type)
                        .map(ConfigResource::name)
                        .toList();
            case UNKNOWN -> List.of();
        };
    }
}
