package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/** Writes and deletes the offsets of groups, in and outside of transactions. */
final class OffsetApis {
    private static final short LOADING_IS_KNOWN_SINCE = 2;

    private final Services services;
    private final GroupCoordinator groups;

    OffsetApis(Services services, GroupCoordinator groups) {
        this.services = services;
        this.groups = groups;
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(
                ApiKeys.OFFSET_COMMIT, this::commit,
                ApiKeys.TXN_OFFSET_COMMIT, this::commitInTransaction,
                ApiKeys.OFFSET_DELETE, this::delete);
    }

    private void require(Exchange exchange, AclOperation operation, String group) {
        if (!services.access().allowed(exchange.context(), operation, ResourceType.GROUP, group)) {
            throw GroupAuthorizationException.forGroupId(group);
        }
    }

    private Set<String> readable(Exchange exchange, Collection<String> topics) {
        return services.access().allowedNames(exchange.context(), AclOperation.READ, ResourceType.TOPIC, topics, true);
    }

    private boolean exists(String topic, int partition) {
        return services.metadata().cache().getLeaderAndIsr(topic, partition).isPresent();
    }

    private void commit(Exchange exchange) {
        OffsetCommitRequestData data =
                exchange.request(OffsetCommitRequest.class).data();
        require(exchange, AclOperation.READ, data.groupId());
        boolean ids = OffsetCommitResponse.useTopicIds(exchange.context().apiVersion());
        if (ids) {
            data.topics().forEach(topic -> services.metadata()
                    .cache()
                    .getTopicName(topic.topicId())
                    .ifPresent(topic::setName));
        }
        Set<String> readable = readable(
                exchange,
                data.topics().stream().map(OffsetCommitRequestTopic::name).toList());
        OffsetCommitResponse.Builder response = OffsetCommitResponse.newBuilder(ids);
        List<OffsetCommitRequestTopic> accepted = new ArrayList<>();
        for (OffsetCommitRequestTopic topic : data.topics()) {
            Errors refusal = refusal(topic, ids, readable);
            if (refusal != Errors.NONE) {
                response.addPartitions(
                        topic.topicId(), topic.name(), topic.partitions(), p -> p.partitionIndex(), refusal);
            } else {
                accept(topic, response, accepted);
            }
        }
        if (accepted.isEmpty()) {
            exchange.answer(response.build());
            return;
        }
        OffsetCommitRequestData rest = new OffsetCommitRequestData()
                .setGroupId(data.groupId())
                .setMemberId(data.memberId())
                .setGenerationIdOrMemberEpoch(data.generationIdOrMemberEpoch())
                .setRetentionTimeMs(data.retentionTimeMs())
                .setGroupInstanceId(data.groupInstanceId())
                .setTopics(accepted);
        Replies.reply(
                exchange,
                groups.commitOffsets(exchange.context(), rest, exchange.local().bufferSupplier()),
                answer -> response.merge(answer).build());
    }

    private Errors refusal(OffsetCommitRequestTopic topic, boolean ids, Set<String> readable) {
        if (ids && topic.name().isEmpty()) {
            return Errors.UNKNOWN_TOPIC_ID;
        }
        if (!readable.contains(topic.name())) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        if (!ids) {
            topic.setTopicId(services.metadata().cache().getTopicId(topic.name()));
        }
        return topic.topicId().equals(Uuid.ZERO_UUID) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.NONE;
    }

    private void accept(
            OffsetCommitRequestTopic topic,
            OffsetCommitResponse.Builder response,
            List<OffsetCommitRequestTopic> accepted) {
        OffsetCommitRequestTopic existing =
                new OffsetCommitRequestTopic().setTopicId(topic.topicId()).setName(topic.name());
        topic.partitions().forEach(partition -> {
            if (exists(topic.name(), partition.partitionIndex())) {
                existing.partitions().add(partition);
            } else {
                response.addPartition(
                        topic.topicId(), topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
        });
        if (!existing.partitions().isEmpty()) {
            accepted.add(existing);
        }
    }

    private void commitInTransaction(Exchange exchange) {
        TxnOffsetCommitRequest request = exchange.request(TxnOffsetCommitRequest.class);
        TxnOffsetCommitRequestData data = request.data();
        if (!services.access()
                .allowed(
                        exchange.context(),
                        AclOperation.WRITE,
                        ResourceType.TRANSACTIONAL_ID,
                        data.transactionalId())) {
            throw new TransactionalIdAuthorizationException(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.message());
        }
        require(exchange, AclOperation.READ, data.groupId());
        Set<String> readable = readable(
                exchange,
                data.topics().stream().map(TxnOffsetCommitRequestTopic::name).toList());
        TxnOffsetCommitResponse.Builder response = new TxnOffsetCommitResponse.Builder();
        List<TxnOffsetCommitRequestTopic> accepted = new ArrayList<>();
        for (TxnOffsetCommitRequestTopic topic : data.topics()) {
            TxnOffsetCommitRequestTopic existing = new TxnOffsetCommitRequestTopic().setName(topic.name());
            topic.partitions().forEach(partition -> {
                if (!readable.contains(topic.name())) {
                    response.addPartition(topic.name(), partition.partitionIndex(), Errors.TOPIC_AUTHORIZATION_FAILED);
                } else if (!exists(topic.name(), partition.partitionIndex())) {
                    response.addPartition(topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
                } else {
                    existing.partitions().add(partition);
                }
            });
            if (!existing.partitions().isEmpty()) {
                accepted.add(existing);
            }
        }
        if (accepted.isEmpty()) {
            exchange.answer(response.build());
            return;
        }
        TxnOffsetCommitRequestData rest = data.duplicate().setTopics(accepted);
        Replies.reply(
                exchange,
                groups.commitTransactionalOffsets(
                        exchange.context(), rest, exchange.local().bufferSupplier()),
                answer ->
                        forOldClients(request.version(), response.merge(answer).build()));
    }

    /** The first transactional clients took a coordinator that is loading for a fatal error (KAFKA-7296). */
    private static TxnOffsetCommitResponse forOldClients(short version, TxnOffsetCommitResponse response) {
        if (version < LOADING_IS_KNOWN_SINCE) {
            response.data().topics().forEach(topic -> topic.partitions().stream()
                    .filter(p -> p.errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code())
                    .forEach(p -> p.setErrorCode(Errors.COORDINATOR_NOT_AVAILABLE.code())));
        }
        return response;
    }

    private void delete(Exchange exchange) {
        OffsetDeleteRequestData data =
                exchange.request(OffsetDeleteRequest.class).data();
        require(exchange, AclOperation.DELETE, data.groupId());
        Set<String> readable = readable(
                exchange,
                data.topics().stream().map(OffsetDeleteRequestTopic::name).toList());
        OffsetDeleteResponse.Builder response = new OffsetDeleteResponse.Builder();
        OffsetDeleteRequestTopicCollection accepted = new OffsetDeleteRequestTopicCollection();
        data.topics().forEach(topic -> {
            OffsetDeleteRequestTopic existing = new OffsetDeleteRequestTopic().setName(topic.name());
            topic.partitions().forEach(partition -> {
                if (!readable.contains(topic.name())) {
                    response.addPartition(topic.name(), partition.partitionIndex(), Errors.TOPIC_AUTHORIZATION_FAILED);
                } else if (!exists(topic.name(), partition.partitionIndex())) {
                    response.addPartition(topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
                } else {
                    existing.partitions().add(partition);
                }
            });
            if (!existing.partitions().isEmpty()) {
                accepted.add(existing);
            }
        });
        CompletableFuture<org.apache.kafka.common.message.OffsetDeleteResponseData> deleted = groups.deleteOffsets(
                exchange.context(),
                new OffsetDeleteRequestData().setGroupId(data.groupId()).setTopics(accepted),
                exchange.local().bufferSupplier());
        Replies.reply(exchange, deleted, answer -> response.merge(answer).build());
    }
}
