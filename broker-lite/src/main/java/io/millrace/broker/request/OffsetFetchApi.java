package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/** Tells groups their committed offsets. */
final class OffsetFetchApi implements Api {
    private static final long NO_OFFSET = -1;

    private final Services services;
    private final GroupCoordinator groups;

    OffsetFetchApi(Services services, GroupCoordinator groups) {
        this.services = services;
        this.groups = groups;
    }

    @Override
    public void handle(Exchange exchange) {
        OffsetFetchRequest request = exchange.request(OffsetFetchRequest.class);
        RequestContext context = exchange.context();
        List<CompletableFuture<OffsetFetchResponseGroup>> answers = request.groups().stream()
                .map(group -> fetch(context, group, request.requireStable()))
                .toList();
        Replies.reply(
                exchange,
                CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)),
                done -> new OffsetFetchResponse.Builder(
                                answers.stream().map(CompletableFuture::join).toList())
                        .build(context.apiVersion()));
    }

    private CompletableFuture<OffsetFetchResponseGroup> fetch(
            RequestContext context, OffsetFetchRequestGroup group, boolean requireStable) {
        if (!services.access().allowed(context, AclOperation.DESCRIBE, ResourceType.GROUP, group.groupId())) {
            return CompletableFuture.completedFuture(
                    OffsetFetchResponse.groupError(group, Errors.GROUP_AUTHORIZATION_FAILED, context.apiVersion()));
        }
        CompletableFuture<OffsetFetchResponseGroup> answer = OffsetFetchRequest.requestAllOffsets(group)
                ? all(context, group, requireStable)
                : some(context, group, requireStable);
        return answer.exceptionally(
                e -> OffsetFetchResponse.groupError(group, Errors.forException(e), context.apiVersion()));
    }

    private CompletableFuture<OffsetFetchResponseGroup> all(
            RequestContext context, OffsetFetchRequestGroup group, boolean requireStable) {
        boolean ids = OffsetFetchRequest.useTopicIds(context.apiVersion());
        return groups.fetchOffsets(context, group, requireStable).thenApply(found -> {
            if (found.errorCode() != Errors.NONE.code()) {
                return found;
            }
            Set<String> describable = describable(
                    context,
                    found.topics().stream().map(OffsetFetchResponseTopics::name).toList());
            List<OffsetFetchResponseTopics> told = new ArrayList<>();
            for (OffsetFetchResponseTopics topic : found.topics()) {
                if (ids && topic.topicId().equals(Uuid.ZERO_UUID)) {
                    topic.setTopicId(services.metadata().cache().getTopicId(topic.name()));
                }
                boolean nameable = !ids || !topic.topicId().equals(Uuid.ZERO_UUID);
                if (nameable && describable.contains(topic.name())) {
                    told.add(topic);
                }
            }
            return found.setTopics(told);
        });
    }

    private CompletableFuture<OffsetFetchResponseGroup> some(
            RequestContext context, OffsetFetchRequestGroup group, boolean requireStable) {
        boolean ids = OffsetFetchRequest.useTopicIds(context.apiVersion());
        if (ids) {
            group.topics().stream()
                    .filter(topic -> !topic.topicId().equals(Uuid.ZERO_UUID))
                    .forEach(topic -> services.metadata()
                            .cache()
                            .getTopicName(topic.topicId())
                            .ifPresent(topic::setName));
        }
        Set<String> describable = describable(
                context,
                group.topics().stream().map(OffsetFetchRequestTopics::name).toList());
        List<OffsetFetchRequestTopics> accepted = new ArrayList<>();
        List<OffsetFetchResponseTopics> refused = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : group.topics()) {
            if (ids && topic.name().isEmpty()) {
                refused.add(refused(topic, Errors.UNKNOWN_TOPIC_ID));
            } else if (!describable.contains(topic.name())) {
                refused.add(refused(topic, Errors.TOPIC_AUTHORIZATION_FAILED));
            } else {
                accepted.add(topic);
            }
        }
        OffsetFetchRequestGroup rest = new OffsetFetchRequestGroup()
                .setGroupId(group.groupId())
                .setMemberId(group.memberId())
                .setMemberEpoch(group.memberEpoch())
                .setTopics(accepted);
        return groups.fetchOffsets(context, rest, requireStable).thenApply(found -> {
            if (found.errorCode() != Errors.NONE.code()) {
                return found;
            }
            List<OffsetFetchResponseTopics> told = new ArrayList<>(found.topics());
            told.addAll(refused);
            return found.setTopics(told);
        });
    }

    private Set<String> describable(RequestContext context, List<String> topics) {
        return services.access().allowedNames(context, AclOperation.DESCRIBE, ResourceType.TOPIC, topics, true);
    }

    private static OffsetFetchResponseTopics refused(OffsetFetchRequestTopics topic, Errors error) {
        OffsetFetchResponseTopics refused =
                new OffsetFetchResponseTopics().setTopicId(topic.topicId()).setName(topic.name());
        topic.partitionIndexes().forEach(partition -> refused.partitions()
                .add(new OffsetFetchResponsePartitions()
                        .setPartitionIndex(partition)
                        .setCommittedOffset(NO_OFFSET)
                        .setErrorCode(error.code())));
        return refused;
    }
}
