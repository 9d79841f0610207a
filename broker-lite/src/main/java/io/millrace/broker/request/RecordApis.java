package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import io.millrace.broker.storage.LogStore;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeProducersResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;

/** What is asked of partition logs besides their records: to start later, where an epoch ends, who writes to them. */
final class RecordApis {
    private final Services services;
    private final LogStore store;
    private final Leadership leadership;

    RecordApis(Services services, LogStore store) {
        this.services = services;
        this.store = store;
        this.leadership = new Leadership(services.metadata());
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(
                ApiKeys.DELETE_RECORDS, onIo(RecordApis::toDelete, this::delete),
                ApiKeys.OFFSET_FOR_LEADER_EPOCH, onIo(RecordApis::withEpochs, this::epochEnds),
                ApiKeys.DESCRIBE_PRODUCERS, onIo(RecordApis::withProducers, this::producers));
    }

    private Api onIo(Function<Exchange, Stream<TopicPartition>> used, Api api) {
        return exchange -> services.runOnIo(exchange, used.apply(exchange).toList(), () -> api.handle(exchange));
    }

    private static Stream<TopicPartition> toDelete(Exchange exchange) {
        return exchange.request(DeleteRecordsRequest.class).data().topics().stream()
                .flatMap(t -> t.partitions().stream().map(p -> new TopicPartition(t.name(), p.partitionIndex())));
    }

    private static Stream<TopicPartition> withEpochs(Exchange exchange) {
        return exchange.request(OffsetsForLeaderEpochRequest.class).data().topics().stream()
                .flatMap(t -> t.partitions().stream().map(p -> new TopicPartition(t.topic(), p.partition())));
    }

    private static Stream<TopicPartition> withProducers(Exchange exchange) {
        return exchange.request(DescribeProducersRequest.class).data().topics().stream()
                .flatMap(t -> t.partitionIndexes().stream().map(p -> new TopicPartition(t.name(), p)));
    }

    private void delete(Exchange exchange) {
        DeleteRecordsRequestData request =
                exchange.request(DeleteRecordsRequest.class).data();
        Set<String> allowed = services.access()
                .allowedNames(
                        exchange.context(),
                        AclOperation.DELETE,
                        ResourceType.TOPIC,
                        request.topics().stream().map(DeleteRecordsTopic::name).collect(Collectors.toList()),
                        true);
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        for (DeleteRecordsTopic topic : request.topics()) {
            DeleteRecordsTopicResult results = response.topics().find(topic.name());
            if (results == null) {
                results = new DeleteRecordsTopicResult().setName(topic.name());
                response.topics().add(results);
            }
            for (DeleteRecordsPartition partition : topic.partitions()) {
                results.partitions().add(delete(topic.name(), partition, allowed.contains(topic.name())));
            }
        }
        exchange.answer(new DeleteRecordsResponse(response));
    }

    private DeleteRecordsPartitionResult delete(String topic, DeleteRecordsPartition partition, boolean allowed) {
        DeleteRecordsPartitionResult result = new DeleteRecordsPartitionResult()
                .setPartitionIndex(partition.partitionIndex())
                .setLowWatermark(DeleteRecordsResponse.INVALID_LOW_WATERMARK);
        TopicPartition name = new TopicPartition(topic, partition.partitionIndex());
        if (!allowed) {
            return result.setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        }
        if (!services.metadata().cache().contains(name)) {
            return result.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        try {
            if (Topic.isInternal(topic)) {
                throw new InvalidTopicException("Cannot delete records of internal topic " + topic);
            }
            leadership.require(name, Optional.empty());
            return result.setLowWatermark(store.deleteRecords(name, partition.offset()));
        } catch (RuntimeException | InternalError e) {
            return result.setErrorCode(Replies.error(e).code());
        }
    }

    private void epochEnds(Exchange exchange) {
        OffsetsForLeaderEpochRequest request = exchange.request(OffsetsForLeaderEpochRequest.class);
        boolean any = services.access()
                .allowed(
                        exchange.context(),
                        AclOperation.CLUSTER_ACTION,
                        ResourceType.CLUSTER,
                        Resource.CLUSTER_NAME,
                        false);
        Set<String> names = request.data().topics().stream()
                .map(OffsetForLeaderTopic::topic)
                .collect(Collectors.toSet());
        Set<String> allowed = any
                ? names
                : services.access()
                        .allowedNames(exchange.context(), AclOperation.DESCRIBE, ResourceType.TOPIC, names, true);
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic topic : request.data().topics()) {
            OffsetForLeaderTopicResult result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            topic.partitions().forEach(partition -> result.partitions()
                    .add(
                            allowed.contains(topic.topic())
                                    ? epochEnd(topic.topic(), partition)
                                    : new EpochEndOffset()
                                            .setPartition(partition.partition())
                                            .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())));
            response.topics().add(result);
        }
        exchange.answer(new OffsetsForLeaderEpochResponse(response));
    }

    private EpochEndOffset epochEnd(String topic, OffsetForLeaderPartition asked) {
        EpochEndOffset result = new EpochEndOffset().setPartition(asked.partition());
        TopicPartition name = new TopicPartition(topic, asked.partition());
        try {
            int believed = asked.currentLeaderEpoch();
            leadership.require(
                    name, believed == RecordBatch.NO_PARTITION_LEADER_EPOCH ? Optional.empty() : Optional.of(believed));
            services.logs().log(name).endOffsetForEpoch(asked.leaderEpoch()).ifPresent(end -> result.setLeaderEpoch(
                            end.epoch())
                    .setEndOffset(end.offset()));
            return result;
        } catch (RuntimeException | InternalError e) {
            return result.setErrorCode(Replies.error(e).code());
        }
    }

    private void producers(Exchange exchange) {
        DescribeProducersResponseData response = new DescribeProducersResponseData();
        exchange.request(DescribeProducersRequest.class).data().topics().forEach(asked -> response.topics()
                .add(producers(exchange, asked)));
        exchange.answer(new DescribeProducersResponse(response));
    }

    private DescribeProducersResponseData.TopicResponse producers(
            Exchange exchange, DescribeProducersRequestData.TopicRequest asked) {
        DescribeProducersResponseData.TopicResponse result =
                new DescribeProducersResponseData.TopicResponse().setName(asked.name());
        Optional<ApiError> refusal = refusal(exchange, asked.name());
        for (int index : asked.partitionIndexes()) {
            result.partitions()
                    .add(refusal.map(e -> new DescribeProducersResponseData.PartitionResponse()
                                    .setPartitionIndex(index)
                                    .setErrorCode(e.error().code())
                                    .setErrorMessage(e.message()))
                            .orElseGet(() -> producers(new TopicPartition(asked.name(), index))));
        }
        return result;
    }

    private Optional<ApiError> refusal(Exchange exchange, String topic) {
        try {
            Topic.validate(topic);
        } catch (InvalidTopicException e) {
            return Optional.of(ApiError.fromThrowable(e));
        }
        if (!services.access().allowed(exchange.context(), AclOperation.READ, ResourceType.TOPIC, topic)) {
            return Optional.of(new ApiError(Errors.TOPIC_AUTHORIZATION_FAILED));
        }
        return services.metadata().cache().contains(topic)
                ? Optional.empty()
                : Optional.of(new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION));
    }

    private DescribeProducersResponseData.PartitionResponse producers(TopicPartition partition) {
        DescribeProducersResponseData.PartitionResponse result =
                new DescribeProducersResponseData.PartitionResponse().setPartitionIndex(partition.partition());
        try {
            leadership.require(partition, Optional.empty());
            return services.logs().untouched(partition)
                    ? result
                    : result.setActiveProducers(services.logs().log(partition).activeProducers());
        } catch (RuntimeException | InternalError e) {
            return result.setErrorCode(Replies.error(e).code());
        }
    }
}
