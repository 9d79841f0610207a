package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.config.ServerConfigs;

/** Tells of topics and their partitions, page by page (KIP-966). */
final class TopicPartitionsApi implements Api {
    private final Services services;

    TopicPartitionsApi(Services services) {
        this.services = services;
    }

    @Override
    public void handle(Exchange exchange) {
        DescribeTopicPartitionsRequestData request =
                exchange.request(DescribeTopicPartitionsRequest.class).data();
        Cursor cursor = request.cursor();
        boolean all = request.topics().isEmpty();
        Set<String> topics = from(
                all
                        ? services.metadata().cache().getAllTopics()
                        : request.topics().stream().map(TopicRequest::name).toList(),
                cursor == null ? "" : cursor.topicName());
        if (cursor != null && !all && !topics.contains(cursor.topicName())) {
            throw new InvalidRequestException(
                    "DescribeTopicPartitionsRequest topic list should contain the cursor topic: " + cursor.topicName());
        }
        if (cursor != null && cursor.partitionIndex() < 0) {
            throw new InvalidRequestException(
                    "DescribeTopicPartitionsRequest cursor partition must be valid: " + cursor);
        }
        Set<String> allowed = services.access()
                .allowedNames(exchange.context(), AclOperation.DESCRIBE, ResourceType.TOPIC, topics, true);
        int limit = services.config().getInt(ServerConfigs.MAX_REQUEST_PARTITION_SIZE_LIMIT_CONFIG);
        DescribeTopicPartitionsResponseData response = services.metadata()
                .cache()
                .describeTopicResponse(
                        topics.stream().filter(allowed::contains).iterator(),
                        exchange.context().listenerName,
                        name -> cursor != null && name.equals(cursor.topicName()) ? cursor.partitionIndex() : 0,
                        Math.max(Math.min(limit, request.responsePartitionLimit()), 1),
                        all);
        response.topics()
                .forEach(topic -> topic.setTopicAuthorizedOperations(services.access()
                        .operations(exchange.context(), new Resource(ResourceType.TOPIC, topic.name()))));
        if (!all) {
            topics.stream().filter(name -> !allowed.contains(name)).forEach(name -> response.topics()
                    .add(denied(name)));
        }
        exchange.answer(new DescribeTopicPartitionsResponse(response));
    }

    private static Set<String> from(Collection<String> topics, String first) {
        Set<String> rest = new TreeSet<>();
        topics.stream().filter(name -> name.compareTo(first) >= 0).forEach(rest::add);
        return rest;
    }

    /** Says nothing of whether the topic exists. */
    private static DescribeTopicPartitionsResponseTopic denied(String name) {
        return new DescribeTopicPartitionsResponseTopic()
                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                .setName(name)
                .setTopicId(Uuid.ZERO_UUID);
    }
}
