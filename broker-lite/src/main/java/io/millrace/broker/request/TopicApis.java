package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.controller.ControllerRequestContext;

/** Creates topics and adds partitions to them. When the answer comes, the partitions have leaders and take records. */
final class TopicApis {
    /** Whether a wish for more than one replica is met with one, as a developer's machine wants it, or refused, as Kafka does. */
    static final String CLAMP = "clamp.replication.factor";

    private final Services services;
    private final boolean clamp;

    TopicApis(Services services) {
        this.services = services;
        Object wanted = services.config().originals().getOrDefault(CLAMP, "true");
        this.clamp = Boolean.parseBoolean(wanted.toString());
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(ApiKeys.CREATE_TOPICS, this::create, ApiKeys.CREATE_PARTITIONS, this::addPartitions);
    }

    /** The controller's view of a request's sender and patience. */
    static ControllerRequestContext context(Services services, RequestContext context, int timeoutMillis) {
        long deadline = services.time().nanoseconds() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        return new ControllerRequestContext(context.header.data(), context.principal, OptionalLong.of(deadline));
    }

    private void create(Exchange exchange) {
        CreateTopicsRequestData request =
                exchange.request(CreateTopicsRequest.class).data();
        RequestContext sender = exchange.context();
        Set<String> names = new HashSet<>();
        Set<String> twice = new HashSet<>();
        request.topics().forEach(topic -> {
            if (!names.add(topic.name())) {
                twice.add(topic.name());
            }
        });
        names.removeAll(twice);
        Set<String> asked = new HashSet<>(names);
        asked.remove(Topic.CLUSTER_METADATA_TOPIC_NAME);
        boolean any = services.access()
                .allowed(sender, AclOperation.CREATE, ResourceType.CLUSTER, Resource.CLUSTER_NAME, false);
        Set<String> allowed = any
                ? asked
                : services.access().allowedNames(sender, AclOperation.CREATE, ResourceType.TOPIC, asked, true);
        Set<String> describable =
                services.access().allowedNames(sender, AclOperation.DESCRIBE_CONFIGS, ResourceType.TOPIC, asked, false);
        CreateTopicsRequestData rest = request.duplicate();
        rest.topics().removeIf(topic -> twice.contains(topic.name()) || !allowed.contains(topic.name()));
        if (clamp) {
            rest.topics().forEach(this::clamp);
        }
        Replies.reply(
                exchange,
                services.metadata()
                        .controller()
                        .createTopics(context(services, sender, request.timeoutMs()), rest, describable, true),
                answer -> {
                    refuse(answer, twice, names, allowed);
                    return new CreateTopicsResponse(answer);
                });
    }

    private void clamp(CreatableTopic topic) {
        if (topic.replicationFactor() > 1) {
            topic.setReplicationFactor((short) 1);
        }
        int self = services.metadata().identity().nodeId();
        for (CreatableReplicaAssignment assignment : topic.assignments()) {
            if (!assignment.brokerIds().isEmpty()) {
                assignment.setBrokerIds(List.of(self));
            }
        }
    }

    private void clamp(CreatePartitionsTopic topic) {
        if (topic.assignments() != null) {
            int self = services.metadata().identity().nodeId();
            topic.assignments().stream()
                    .filter(assignment -> !assignment.brokerIds().isEmpty())
                    .forEach(assignment -> assignment.setBrokerIds(List.of(self)));
        }
    }

    private static void refuse(
            CreateTopicsResponseData answer, Set<String> twice, Set<String> names, Set<String> allowed) {
        twice.forEach(name -> answer.topics().add(failed(name, Errors.INVALID_REQUEST, "Duplicate topic name.")));
        for (String name : names) {
            if (name.equals(Topic.CLUSTER_METADATA_TOPIC_NAME)) {
                answer.topics()
                        .add(failed(
                                name,
                                Errors.INVALID_REQUEST,
                                "Creation of internal topic " + name + " is prohibited."));
            } else if (!allowed.contains(name)) {
                answer.topics().add(failed(name, Errors.TOPIC_AUTHORIZATION_FAILED, "Authorization failed."));
            }
        }
    }

    private static CreatableTopicResult failed(String name, Errors error, String message) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    private void addPartitions(Exchange exchange) {
        CreatePartitionsRequest request = exchange.request(CreatePartitionsRequest.class);
        Set<String> names = new HashSet<>();
        Set<String> twice = new HashSet<>();
        request.data().topics().forEach(topic -> {
            if (!names.add(topic.name())) {
                twice.add(topic.name());
            }
        });
        names.removeAll(twice);
        Set<String> allowed =
                services.access().allowedNames(exchange.context(), AclOperation.ALTER, ResourceType.TOPIC, names, true);
        List<CreatePartitionsTopicResult> results = new ArrayList<>();
        twice.forEach(name -> results.add(new CreatePartitionsTopicResult()
                .setName(name)
                .setErrorCode(Errors.INVALID_REQUEST.code())
                .setErrorMessage("Duplicate topic name.")));
        names.stream()
                .filter(name -> !allowed.contains(name))
                .forEach(name -> results.add(new CreatePartitionsTopicResult()
                        .setName(name)
                        .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())));
        List<CreatePartitionsTopic> topics =
                allowed.stream().map(name -> request.data().topics().find(name)).toList();
        if (clamp) {
            topics.forEach(this::clamp);
        }
        Replies.reply(
                exchange,
                services.metadata()
                        .controller()
                        .createPartitions(
                                context(
                                        services,
                                        exchange.context(),
                                        request.data().timeoutMs()),
                                topics,
                                request.data().validateOnly()),
                made -> {
                    results.addAll(made);
                    return new CreatePartitionsResponse(new CreatePartitionsResponseData().setResults(results));
                });
    }
}
