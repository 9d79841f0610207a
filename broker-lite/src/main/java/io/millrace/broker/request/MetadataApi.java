package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.config.ServerLogConfigs;
import org.jspecify.annotations.Nullable;

/**
 * Tells clients of topics. Unlike Kafka, a topic that the question creates is there when the answer comes: the client need not ask again,
 * and no produce request meets a partition that nobody leads yet.
 */
final class MetadataApi implements Api {
    private static final short TOPIC_IDS_SINCE = 12;
    private static final short CLUSTER_OPERATIONS_FROM = 8;
    private static final short CLUSTER_OPERATIONS_TO = 10;
    private static final short LISTENER_ERROR_SINCE = 6;

    private final Services services;
    private final TopicCreation creation;
    private final boolean autoCreate;

    MetadataApi(Services services, TopicCreation creation) {
        this.services = services;
        this.creation = creation;
        this.autoCreate = services.config().getBoolean(ServerLogConfigs.AUTO_CREATE_TOPICS_ENABLE_CONFIG);
    }

    @Override
    public void handle(Exchange exchange) {
        MetadataRequest request = exchange.request(MetadataRequest.class);
        check(request);
        RequestContext context = exchange.context();
        List<MetadataResponseTopic> answers = new ArrayList<>();
        Set<Uuid> ids = request.topicIds().stream()
                .filter(id -> !id.equals(Uuid.ZERO_UUID))
                .collect(Collectors.toSet());
        Set<String> asked = names(request, ids, answers);
        Set<String> describable = services.access()
                .allowedNames(context, AclOperation.DESCRIBE, ResourceType.TOPIC, asked, !request.isAllTopics());
        refuse(request, ids, difference(asked, describable), answers);
        Set<String> missing = describable.stream()
                .filter(name -> !services.metadata().cache().contains(name))
                .collect(Collectors.toSet());
        if (!missing.isEmpty() && autoCreate && request.allowAutoTopicCreation() && !request.isAllTopics()) {
            Set<String> creatable = creatable(context, missing, answers);
            CompletableFuture<Void> created = creation.create(context, creatable);
            created.whenComplete((done, e) -> {
                try {
                    answer(exchange, request, difference(describable, difference(missing, creatable)), answers);
                } catch (RuntimeException unexpected) {
                    exchange.answerError(unexpected);
                }
            });
            return;
        }
        answer(exchange, request, describable, answers);
    }

    private static void check(MetadataRequest request) {
        if (request.isAllTopics() || request.version() >= TOPIC_IDS_SINCE) {
            return;
        }
        request.data().topics().forEach(topic -> {
            if (topic.name() == null) {
                throw new InvalidRequestException("Topic name can not be null for version " + request.version());
            }
            if (!topic.topicId().equals(Uuid.ZERO_UUID)) {
                throw new InvalidRequestException(
                        "Topic IDs are not supported in requests for version " + request.version());
            }
        });
    }

    private Set<String> names(MetadataRequest request, Set<Uuid> ids, List<MetadataResponseTopic> answers) {
        if (request.isAllTopics()) {
            return services.metadata().cache().getAllTopics();
        }
        if (ids.isEmpty()) {
            return new HashSet<>(request.topics());
        }
        Set<String> names = new HashSet<>();
        for (Uuid id : ids) {
            services.metadata()
                    .cache()
                    .getTopicName(id)
                    .ifPresentOrElse(names::add, () -> answers.add(topic(Errors.UNKNOWN_TOPIC_ID, null, id)));
        }
        return names;
    }

    private void refuse(
            MetadataRequest request, Set<Uuid> ids, Set<String> names, List<MetadataResponseTopic> answers) {
        if (request.isAllTopics()) {
            return;
        }
        for (String name : names) {
            answers.add(
                    ids.isEmpty()
                            ? topic(Errors.TOPIC_AUTHORIZATION_FAILED, name, Uuid.ZERO_UUID)
                            : topic(
                                    Errors.TOPIC_AUTHORIZATION_FAILED,
                                    null,
                                    services.metadata().cache().getTopicId(name)));
        }
    }

    private Set<String> creatable(RequestContext context, Set<String> missing, List<MetadataResponseTopic> answers) {
        if (services.access()
                .allowed(context, AclOperation.CREATE, ResourceType.CLUSTER, Resource.CLUSTER_NAME, false)) {
            return missing;
        }
        Set<String> allowed =
                services.access().allowedNames(context, AclOperation.CREATE, ResourceType.TOPIC, missing, true);
        difference(missing, allowed)
                .forEach(name -> answers.add(topic(Errors.TOPIC_AUTHORIZATION_FAILED, name, Uuid.ZERO_UUID)));
        return allowed;
    }

    private void answer(
            Exchange exchange, MetadataRequest request, Set<String> names, List<MetadataResponseTopic> answers) {
        RequestContext context = exchange.context();
        List<MetadataResponseTopic> known = new ArrayList<>(services.metadata()
                .cache()
                .getTopicMetadata(
                        names,
                        context.listenerName,
                        request.version() == 0,
                        request.version() >= LISTENER_ERROR_SINCE));
        if (!request.isAllTopics()) {
            Set<String> found = known.stream().map(MetadataResponseTopic::name).collect(Collectors.toSet());
            difference(names, found).forEach(name -> known.add(topic(missing(name), name, Uuid.ZERO_UUID)));
        }
        int cluster = Integer.MIN_VALUE;
        if (request.version() >= CLUSTER_OPERATIONS_FROM) {
            cluster = operations(context, request, known);
        }
        known.addAll(0, answers);
        List<Node> brokers = services.metadata().cache().getAliveBrokerNodes(context.listenerName);
        exchange.answer(MetadataResponse.prepareResponse(
                request.version(),
                0,
                brokers,
                services.metadata().identity().clusterId(),
                services.metadata().identity().nodeId(),
                known,
                cluster));
    }

    private int operations(RequestContext context, MetadataRequest request, List<MetadataResponseTopic> topics) {
        int cluster = Integer.MIN_VALUE;
        if (request.version() <= CLUSTER_OPERATIONS_TO && request.data().includeClusterAuthorizedOperations()) {
            cluster = services.access()
                            .allowed(context, AclOperation.DESCRIBE, ResourceType.CLUSTER, Resource.CLUSTER_NAME)
                    ? services.access().operations(context, Resource.CLUSTER)
                    : 0;
        }
        if (request.data().includeTopicAuthorizedOperations()) {
            topics.forEach(topic -> topic.setTopicAuthorizedOperations(
                    services.access().operations(context, new Resource(ResourceType.TOPIC, topic.name()))));
        }
        return cluster;
    }

    private static Errors missing(String name) {
        try {
            Topic.validate(name);
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        } catch (InvalidTopicException e) {
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
    }

    private static MetadataResponseTopic topic(Errors error, @Nullable String name, Uuid id) {
        return new MetadataResponseTopic()
                .setErrorCode(error.code())
                .setName(name)
                .setTopicId(id)
                .setIsInternal(name != null && Topic.isInternal(name));
    }

    private static Set<String> difference(Collection<String> all, Collection<String> without) {
        Set<String> rest = new HashSet<>(all);
        rest.removeAll(without);
        return rest;
    }
}
