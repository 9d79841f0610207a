package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.StreamsGroupDescribeRequest;
import org.apache.kafka.common.requests.StreamsGroupDescribeResponse;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatRequest;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.streams.StreamsGroupHeartbeatResult;
import org.jspecify.annotations.Nullable;

/** Kafka Streams applications that let the broker assign their tasks (KIP-1071). */
final class StreamsGroupApis {
    private static final byte MISSING = StreamsGroupHeartbeatResponse.Status.MISSING_INTERNAL_TOPICS.code();

    private final Services services;
    private final GroupCoordinator groups;
    private final StreamsTopics topics;
    private final GroupProtocols protocols;

    StreamsGroupApis(Services services, GroupCoordinator groups) {
        this.services = services;
        this.groups = groups;
        this.topics = new StreamsTopics(services);
        this.protocols = new GroupProtocols(services);
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(ApiKeys.STREAMS_GROUP_HEARTBEAT, this::heartbeat, ApiKeys.STREAMS_GROUP_DESCRIBE, this::describe);
    }

    private void requireProtocol() {
        if (!protocols.streams()) {
            throw Errors.UNSUPPORTED_VERSION.exception();
        }
    }

    private void heartbeat(Exchange exchange) {
        requireProtocol();
        StreamsGroupHeartbeatRequestData request =
                exchange.request(StreamsGroupHeartbeatRequest.class).data();
        if (!services.access().allowed(exchange.context(), AclOperation.READ, ResourceType.GROUP, request.groupId())) {
            throw GroupAuthorizationException.forGroupId(request.groupId());
        }
        StreamsGroupHeartbeatResponseData refusal = refusal(exchange, required(request));
        if (refusal != null) {
            exchange.answer(new StreamsGroupHeartbeatResponse(refusal));
            return;
        }
        Replies.reply(exchange, groups.streamsGroupHeartbeat(exchange.context(), request), result -> {
            if (!result.creatableTopics().isEmpty()) {
                create(exchange, request.groupId(), result);
            }
            return new StreamsGroupHeartbeatResponse(result.data());
        });
    }

    private static Set<String> required(StreamsGroupHeartbeatRequestData request) {
        Set<String> topics = new LinkedHashSet<>();
        if (request.topology() != null) {
            request.topology().subtopologies().forEach(part -> {
                topics.addAll(part.sourceTopics());
                topics.addAll(part.repartitionSinkTopics());
                part.repartitionSourceTopics().forEach(topic -> topics.add(topic.name()));
                part.stateChangelogTopics().forEach(topic -> topics.add(topic.name()));
            });
        }
        return topics;
    }

    private @Nullable StreamsGroupHeartbeatResponseData refusal(Exchange exchange, Set<String> required) {
        List<String> internal = required.stream().filter(Topic::isInternal).toList();
        if (!internal.isEmpty()) {
            return failed(
                    Errors.STREAMS_INVALID_TOPOLOGY,
                    "Use of Kafka internal topics " + String.join(",", internal)
                            + " in a Kafka Streams topology is prohibited.");
        }
        List<String> impossible =
                required.stream().filter(name -> !Topic.isValid(name)).toList();
        if (!impossible.isEmpty()) {
            return failed(
                    Errors.STREAMS_INVALID_TOPOLOGY,
                    "Topic names " + String.join(",", impossible) + " are not valid topic names.");
        }
        Set<String> allowed = services.access()
                .allowedNames(exchange.context(), AclOperation.DESCRIBE, ResourceType.TOPIC, required, true);
        return allowed.size() < required.size()
                ? new StreamsGroupHeartbeatResponseData().setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                : null;
    }

    private static StreamsGroupHeartbeatResponseData failed(Errors error, String message) {
        return new StreamsGroupHeartbeatResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    private void create(Exchange exchange, String group, StreamsGroupHeartbeatResult result) {
        Map<String, CreatableTopic> missing = new TreeMap<>(result.creatableTopics());
        boolean any = services.access()
                .allowed(exchange.context(), AclOperation.CREATE, ResourceType.CLUSTER, Resource.CLUSTER_NAME, false);
        Set<String> allowed = any
                ? missing.keySet()
                : services.access()
                        .allowedNames(
                                exchange.context(), AclOperation.CREATE, ResourceType.TOPIC, missing.keySet(), true);
        List<String> denied = missing.keySet().stream()
                .filter(name -> !allowed.contains(name))
                .toList();
        if (!denied.isEmpty()) {
            tellDenied(result.data(), "Unauthorized to CREATE on topics " + String.join(", ", denied) + ".");
            return;
        }
        topics.create(exchange.context(), group, missing.values());
        String failures = topics.failures(missing.keySet());
        if (!failures.isEmpty() && result.data().status() != null) {
            result.data().status().stream()
                    .filter(status -> status.statusCode() == MISSING)
                    .findFirst()
                    .ifPresent(status ->
                            status.setStatusDetail((status.statusDetail() == null ? "" : status.statusDetail())
                                    + "; Creation failed: " + failures + "."));
        }
    }

    private static void tellDenied(StreamsGroupHeartbeatResponseData response, String text) {
        List<StreamsGroupHeartbeatResponseData.Status> all =
                response.status() == null ? new ArrayList<>() : new ArrayList<>(response.status());
        all.stream()
                .filter(status -> status.statusCode() == MISSING)
                .findFirst()
                .ifPresentOrElse(
                        status -> status.setStatusDetail(status.statusDetail() + "; " + text),
                        () -> all.add(new StreamsGroupHeartbeatResponseData.Status()
                                .setStatusCode(MISSING)
                                .setStatusDetail(text)));
        response.setStatus(all);
    }

    private void describe(Exchange exchange) {
        requireProtocol();
        StreamsGroupDescribeRequest request = exchange.request(StreamsGroupDescribeRequest.class);
        StreamsGroupDescribeResponseData response = new StreamsGroupDescribeResponseData();
        List<String> allowed = new ArrayList<>();
        for (String group : request.data().groupIds()) {
            if (services.access().allowed(exchange.context(), AclOperation.DESCRIBE, ResourceType.GROUP, group)) {
                allowed.add(group);
            } else {
                response.groups()
                        .add(new StreamsGroupDescribeResponseData.DescribedGroup()
                                .setGroupId(group)
                                .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code()));
            }
        }
        Replies.reply(exchange, groups.streamsGroupDescribe(exchange.context(), allowed), described -> {
            described.stream()
                    .filter(group ->
                            request.data().includeAuthorizedOperations() && group.errorCode() == Errors.NONE.code())
                    .forEach(group -> group.setAuthorizedOperations(services.access()
                            .operations(exchange.context(), new Resource(ResourceType.GROUP, group.groupId()))));
            response.groups().addAll(described);
            response.setGroups(visible(exchange, response.groups()));
            return new StreamsGroupDescribeResponse(response);
        });
    }

    /** Hides applications that use topics which the sender may not describe. */
    private List<StreamsGroupDescribeResponseData.DescribedGroup> visible(
            Exchange exchange, List<StreamsGroupDescribeResponseData.DescribedGroup> described) {
        if (services.access().authorizer().isEmpty()) {
            return described;
        }
        Set<String> used = described.stream().flatMap(StreamsGroupApis::topics).collect(Collectors.toSet());
        Set<String> allowed = services.access()
                .allowedNames(exchange.context(), AclOperation.DESCRIBE, ResourceType.TOPIC, used, true);
        return described.stream()
                .map(group -> topics(group).allMatch(allowed::contains)
                        ? group
                        : new StreamsGroupDescribeResponseData.DescribedGroup()
                                .setGroupId(group.groupId())
                                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                                .setErrorMessage("The described group uses topics that the client is not authorized to"
                                        + " describe.")
                                .setTopology(null))
                .toList();
    }

    private static Stream<String> topics(StreamsGroupDescribeResponseData.DescribedGroup group) {
        if (group.topology() == null) {
            return Stream.empty();
        }
        return group.topology().subtopologies().stream().flatMap(part -> Stream.of(
                        part.sourceTopics().stream(),
                        part.repartitionSinkTopics().stream(),
                        part.repartitionSourceTopics().stream().map(StreamsGroupDescribeResponseData.TopicInfo::name),
                        part.stateChangelogTopics().stream().map(StreamsGroupDescribeResponseData.TopicInfo::name))
                .flatMap(names -> names));
    }
}
