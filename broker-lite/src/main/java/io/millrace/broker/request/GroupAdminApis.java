package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeResponse;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/** Lists, describes and deletes groups. */
final class GroupAdminApis {
    private static final short OPERATIONS_SINCE = 3;

    private final Services services;
    private final GroupCoordinator groups;

    GroupAdminApis(Services services, GroupCoordinator groups) {
        this.services = services;
        this.groups = groups;
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(
                ApiKeys.LIST_GROUPS, this::list,
                ApiKeys.DESCRIBE_GROUPS, this::describe,
                ApiKeys.CONSUMER_GROUP_DESCRIBE, this::describeConsumers,
                ApiKeys.DELETE_GROUPS, this::delete);
    }

    private void list(Exchange exchange) {
        ListGroupsRequest request = exchange.request(ListGroupsRequest.class);
        boolean all = services.access()
                .allowed(exchange.context(), AclOperation.DESCRIBE, ResourceType.CLUSTER, Resource.CLUSTER_NAME, false);
        Replies.reply(exchange, groups.listGroups(exchange.context(), request.data()), answer -> {
            if (all) {
                return new ListGroupsResponse(answer);
            }
            return new ListGroupsResponse(answer.setGroups(answer.groups().stream()
                    .filter(group -> services.access()
                            .allowed(
                                    exchange.context(),
                                    AclOperation.DESCRIBE,
                                    ResourceType.GROUP,
                                    group.groupId(),
                                    false))
                    .toList()));
        });
    }

    private boolean describable(Exchange exchange, String group) {
        return services.access().allowed(exchange.context(), AclOperation.DESCRIBE, ResourceType.GROUP, group);
    }

    private int operations(Exchange exchange, String group) {
        return services.access().operations(exchange.context(), new Resource(ResourceType.GROUP, group));
    }

    private void describe(Exchange exchange) {
        DescribeGroupsRequest request = exchange.request(DescribeGroupsRequest.class);
        DescribeGroupsResponseData response = new DescribeGroupsResponseData();
        List<String> allowed = new ArrayList<>();
        for (String group : request.data().groups()) {
            if (describable(exchange, group)) {
                allowed.add(group);
            } else {
                response.groups().add(DescribeGroupsResponse.groupError(group, Errors.GROUP_AUTHORIZATION_FAILED));
            }
        }
        boolean operations =
                request.version() >= OPERATIONS_SINCE && request.data().includeAuthorizedOperations();
        Replies.reply(exchange, groups.describeGroups(exchange.context(), allowed), described -> {
            described.stream()
                    .filter(group -> operations && group.errorCode() == Errors.NONE.code())
                    .forEach(group -> group.setAuthorizedOperations(operations(exchange, group.groupId())));
            response.groups().addAll(described);
            return new DescribeGroupsResponse(response);
        });
    }

    private void describeConsumers(Exchange exchange) {
        if (!new GroupProtocols(services).consumers()) {
            throw Errors.UNSUPPORTED_VERSION.exception();
        }
        ConsumerGroupDescribeRequest request = exchange.request(ConsumerGroupDescribeRequest.class);
        ConsumerGroupDescribeResponseData response = new ConsumerGroupDescribeResponseData();
        List<String> allowed = new ArrayList<>();
        for (String group : request.data().groupIds()) {
            if (describable(exchange, group)) {
                allowed.add(group);
            } else {
                response.groups()
                        .add(new ConsumerGroupDescribeResponseData.DescribedGroup()
                                .setGroupId(group)
                                .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code()));
            }
        }
        boolean operations = request.data().includeAuthorizedOperations();
        Replies.reply(exchange, groups.consumerGroupDescribe(exchange.context(), allowed), described -> {
            described.stream()
                    .filter(group -> operations && group.errorCode() == Errors.NONE.code())
                    .forEach(group -> group.setAuthorizedOperations(operations(exchange, group.groupId())));
            response.groups().addAll(described);
            response.setGroups(visible(exchange, response.groups()));
            return new ConsumerGroupDescribeResponse(response);
        });
    }

    /** Hides groups that read topics which the sender may not describe. */
    private List<ConsumerGroupDescribeResponseData.DescribedGroup> visible(
            Exchange exchange, List<ConsumerGroupDescribeResponseData.DescribedGroup> described) {
        if (services.access().authorizer().isEmpty()) {
            return described;
        }
        Set<String> topics = described.stream().flatMap(GroupAdminApis::topics).collect(Collectors.toSet());
        Set<String> allowed = services.access()
                .allowedNames(exchange.context(), AclOperation.DESCRIBE, ResourceType.TOPIC, topics, true);
        return described.stream()
                .map(group -> topics(group).allMatch(allowed::contains)
                        ? group
                        : new ConsumerGroupDescribeResponseData.DescribedGroup()
                                .setGroupId(group.groupId())
                                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                                .setErrorMessage("The group has described topic(s) that the client is not authorized"
                                        + " to describe."))
                .toList();
    }

    private static Stream<String> topics(ConsumerGroupDescribeResponseData.DescribedGroup group) {
        return group.members().stream()
                .flatMap(member -> Stream.of(member.assignment(), member.targetAssignment()))
                .flatMap(assignment -> assignment.topicPartitions().stream())
                .map(ConsumerGroupDescribeResponseData.TopicPartitions::topicName);
    }

    private void delete(Exchange exchange) {
        Set<String> asked = new LinkedHashSet<>(
                exchange.request(DeleteGroupsRequest.class).data().groupsNames());
        Set<String> allowed = services.access()
                .allowedNames(exchange.context(), AclOperation.DELETE, ResourceType.GROUP, asked, true);
        Set<String> refused = new HashSet<>(asked);
        refused.removeAll(allowed);
        List<String> deletable = asked.stream().filter(allowed::contains).toList();
        CompletableFuture<DeletableGroupResultCollection> deleted = groups.deleteGroups(
                        exchange.context(), deletable, exchange.local().bufferSupplier())
                .exceptionally(e -> {
                    DeletableGroupResultCollection failed = new DeletableGroupResultCollection();
                    deletable.forEach(group -> failed.add(new DeletableGroupResult()
                            .setGroupId(group)
                            .setErrorCode(Errors.forException(e).code())));
                    return failed;
                });
        Replies.reply(exchange, deleted, results -> {
            refused.forEach(group -> results.add(new DeletableGroupResult()
                    .setGroupId(group)
                    .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code())));
            return new DeleteGroupsResponse(new DeleteGroupsResponseData().setResults(results));
        });
    }
}
