package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/** Membership of consumers in groups: the classic protocol and KIP-848's. */
final class GroupMemberApis {
    private final Services services;
    private final GroupCoordinator groups;
    private final GroupProtocols protocols;

    GroupMemberApis(Services services, GroupCoordinator groups) {
        this.services = services;
        this.groups = groups;
        this.protocols = new GroupProtocols(services);
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(
                ApiKeys.JOIN_GROUP, this::join,
                ApiKeys.SYNC_GROUP, this::sync,
                ApiKeys.HEARTBEAT, this::heartbeat,
                ApiKeys.LEAVE_GROUP, this::leave,
                ApiKeys.CONSUMER_GROUP_HEARTBEAT, this::consumerHeartbeat);
    }

    private void requireRead(Exchange exchange, String group) {
        if (!services.access().allowed(exchange.context(), AclOperation.READ, ResourceType.GROUP, group)) {
            throw GroupAuthorizationException.forGroupId(group);
        }
    }

    private void join(Exchange exchange) {
        JoinGroupRequest request = exchange.request(JoinGroupRequest.class);
        requireRead(exchange, request.data().groupId());
        Replies.reply(
                exchange,
                groups.joinGroup(
                        exchange.context(), request.data(), exchange.local().bufferSupplier()),
                answer -> new JoinGroupResponse(answer, exchange.context().apiVersion()));
    }

    private void sync(Exchange exchange) {
        SyncGroupRequest request = exchange.request(SyncGroupRequest.class);
        if (!request.areMandatoryProtocolTypeAndNamePresent()) {
            throw Errors.INCONSISTENT_GROUP_PROTOCOL.exception();
        }
        requireRead(exchange, request.data().groupId());
        Replies.reply(
                exchange,
                groups.syncGroup(
                        exchange.context(), request.data(), exchange.local().bufferSupplier()),
                SyncGroupResponse::new);
    }

    private void heartbeat(Exchange exchange) {
        HeartbeatRequest request = exchange.request(HeartbeatRequest.class);
        requireRead(exchange, request.data().groupId());
        Replies.reply(exchange, groups.heartbeat(exchange.context(), request.data()), HeartbeatResponse::new);
    }

    private void leave(Exchange exchange) {
        LeaveGroupRequest request = exchange.request(LeaveGroupRequest.class);
        requireRead(exchange, request.data().groupId());
        Replies.reply(
                exchange,
                groups.leaveGroup(exchange.context(), request.normalizedData()),
                answer -> new LeaveGroupResponse(answer, request.version()));
    }

    private void consumerHeartbeat(Exchange exchange) {
        if (!protocols.consumers()) {
            throw Errors.UNSUPPORTED_VERSION.exception();
        }
        ConsumerGroupHeartbeatRequest request = exchange.request(ConsumerGroupHeartbeatRequest.class);
        requireRead(exchange, request.data().groupId());
        if (request.data().subscribedTopicNames() != null) {
            Set<String> topics = new HashSet<>(request.data().subscribedTopicNames());
            Set<String> allowed = services.access()
                    .allowedNames(exchange.context(), AclOperation.DESCRIBE, ResourceType.TOPIC, topics, true);
            if (allowed.size() < topics.size()) {
                exchange.answer(new ConsumerGroupHeartbeatResponse(new ConsumerGroupHeartbeatResponseData()
                        .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())));
                return;
            }
        }
        Replies.reply(
                exchange,
                groups.consumerGroupHeartbeat(exchange.context(), request.data()),
                ConsumerGroupHeartbeatResponse::new);
    }
}
