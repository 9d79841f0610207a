package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.resource.ResourceType;

/** Names the coordinator of groups and transactional ids: this node. The first question makes the coordinator's topic, and waits for it. */
final class FindCoordinatorApi implements Api {
    private static final short MANY_SINCE = 4;

    private final Services services;
    private final TopicCreation creation;

    FindCoordinatorApi(Services services, TopicCreation creation) {
        this.services = services;
        this.creation = creation;
    }

    @Override
    public void handle(Exchange exchange) {
        FindCoordinatorRequest request = exchange.request(FindCoordinatorRequest.class);
        CoordinatorType type = CoordinatorType.forId(request.data().keyType());
        boolean many = request.version() >= MANY_SINCE;
        List<String> keys =
                many ? request.data().coordinatorKeys() : List.of(request.data().key());
        // Invariant: whoever may ask for none of the keys changes nothing
        List<Errors> refusals =
                keys.stream().map(key -> refusal(exchange, type, key)).toList();
        CompletableFuture<Void> made = topic(type)
                .filter(name -> refusals.contains(Errors.NONE)
                        && !services.metadata().cache().contains(name))
                .map(creation::createInternal)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
        Replies.reply(exchange, made, done -> {
            List<Coordinator> all = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                all.add(find(exchange, type, keys.get(i), refusals.get(i)));
            }
            return many ? many(all) : one(all.get(0));
        });
    }

    private static FindCoordinatorResponse many(List<Coordinator> all) {
        return new FindCoordinatorResponse(new FindCoordinatorResponseData().setCoordinators(all));
    }

    private static FindCoordinatorResponse one(Coordinator one) {
        return new FindCoordinatorResponse(new FindCoordinatorResponseData()
                .setErrorCode(one.errorCode())
                .setErrorMessage(Errors.forCode(one.errorCode()).message())
                .setNodeId(one.nodeId())
                .setHost(one.host())
                .setPort(one.port()));
    }

    private static Optional<String> topic(CoordinatorType type) {
        return switch (type) {
            case GROUP -> Optional.of(Topic.GROUP_METADATA_TOPIC_NAME);
            case TRANSACTION -> Optional.of(Topic.TRANSACTION_STATE_TOPIC_NAME);
            case SHARE -> Optional.empty();
        };
    }

    private Coordinator find(Exchange exchange, CoordinatorType type, String key, Errors refusal) {
        boolean there = topic(type).map(services.metadata().cache()::contains).orElse(false);
        Errors error = refusal == Errors.NONE && !there ? Errors.COORDINATOR_NOT_AVAILABLE : refusal;
        Node node = Node.noNode();
        if (error == Errors.NONE) {
            node = services.metadata()
                    .cache()
                    .getAliveBrokerNode(services.metadata().identity().nodeId(), exchange.context().listenerName)
                    .orElse(Node.noNode());
            error = node.isEmpty() ? Errors.COORDINATOR_NOT_AVAILABLE : Errors.NONE;
        }
        return new Coordinator()
                .setKey(key)
                .setErrorCode(error.code())
                .setNodeId(node.id())
                .setHost(node.host())
                .setPort(node.port());
    }

    private Errors refusal(Exchange exchange, CoordinatorType type, String key) {
        boolean group = type == CoordinatorType.GROUP;
        if (type == CoordinatorType.SHARE) {
            return Errors.INVALID_REQUEST;
        }
        ResourceType resource = group ? ResourceType.GROUP : ResourceType.TRANSACTIONAL_ID;
        if (!services.access().allowed(exchange.context(), AclOperation.DESCRIBE, resource, key)) {
            return group ? Errors.GROUP_AUTHORIZATION_FAILED : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
        }
        return Errors.NONE;
    }
}
