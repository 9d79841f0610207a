package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import io.millrace.broker.storage.LogStore;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterReplicaLogDirsRequest;
import org.apache.kafka.common.requests.AlterReplicaLogDirsResponse;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.image.TopicImage;

/** The data folder, of which there is one: what is in it, and that nothing can be moved elsewhere. */
final class LogDirApis {
    private final Services services;
    private final LogStore store;
    private final Path folder;

    LogDirApis(Services services, LogStore store) {
        this.services = services;
        this.store = store;
        this.folder = Path.of(services.config().logDirs().get(0)).toAbsolutePath();
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(
                ApiKeys.DESCRIBE_LOG_DIRS,
                exchange -> services.runOnIo(exchange, () -> describe(exchange)),
                ApiKeys.ALTER_REPLICA_LOG_DIRS,
                this::alter);
    }

    private void describe(Exchange exchange) {
        DescribeLogDirsResponseData response = new DescribeLogDirsResponseData();
        if (services.access()
                .allowed(exchange.context(), AclOperation.DESCRIBE, ResourceType.CLUSTER, Resource.CLUSTER_NAME)) {
            response.setResults(List.of(folder(exchange.request(DescribeLogDirsRequest.class))));
        } else {
            response.setErrorCode(Errors.CLUSTER_AUTHORIZATION_FAILED.code());
        }
        exchange.answer(new DescribeLogDirsResponse(response));
    }

    private DescribeLogDirsResult folder(DescribeLogDirsRequest request) {
        DescribeLogDirsResult result = new DescribeLogDirsResult().setLogDir(folder.toString());
        try {
            FileStore disk = Files.getFileStore(folder);
            result.setTotalBytes(bytes(disk.getTotalSpace())).setUsableBytes(bytes(disk.getUsableSpace()));
        } catch (IOException e) {
            return result.setErrorCode(Errors.KAFKA_STORAGE_ERROR.code());
        }
        return result.setTopics(topics(request.isAllTopicPartitions() ? all() : asked(request)));
    }

    /** Very large file systems have negative sizes. */
    private static long bytes(long told) {
        return told < 0 ? Long.MAX_VALUE : told;
    }

    private Set<TopicPartition> all() {
        Set<TopicPartition> all = new HashSet<>();
        for (TopicImage topic :
                services.metadata().image().topics().topicsById().values()) {
            topic.partitions().keySet().forEach(index -> all.add(new TopicPartition(topic.name(), index)));
        }
        return all;
    }

    private Set<TopicPartition> asked(DescribeLogDirsRequest request) {
        Set<TopicPartition> asked = new HashSet<>();
        request.data().topics().forEach(topic -> topic.partitions()
                .forEach(index -> asked.add(new TopicPartition(topic.topic(), index))));
        asked.removeIf(partition -> !services.metadata().cache().contains(partition));
        return asked;
    }

    private List<DescribeLogDirsTopic> topics(Set<TopicPartition> partitions) {
        Map<TopicPartition, Long> sizes = store.sizes();
        Map<String, DescribeLogDirsTopic> topics = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            topics.computeIfAbsent(partition.topic(), name -> new DescribeLogDirsTopic().setName(name))
                    .partitions()
                    .add(new DescribeLogDirsPartition()
                            .setPartitionIndex(partition.partition())
                            .setPartitionSize(sizes.getOrDefault(partition, 0L)));
        }
        return List.copyOf(topics.values());
    }

    private void alter(Exchange exchange) {
        if (!services.access()
                .allowed(exchange.context(), AclOperation.ALTER, ResourceType.CLUSTER, Resource.CLUSTER_NAME)) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
        Map<String, AlterReplicaLogDirTopicResult> results = new TreeMap<>();
        exchange.request(AlterReplicaLogDirsRequest.class)
                .partitionDirs()
                .forEach((partition, where) -> results.computeIfAbsent(
                                partition.topic(), name -> new AlterReplicaLogDirTopicResult().setTopicName(name))
                        .partitions()
                        .add(new AlterReplicaLogDirPartitionResult()
                                .setPartitionIndex(partition.partition())
                                .setErrorCode(moved(partition, where).code())));
        exchange.answer(new AlterReplicaLogDirsResponse(
                new AlterReplicaLogDirsResponseData().setResults(List.copyOf(results.values()))));
    }

    private Errors moved(TopicPartition partition, String where) {
        if (!where.equals(folder.toString())) {
            return Errors.LOG_DIR_NOT_FOUND;
        }
        return services.metadata().cache().contains(partition) ? Errors.NONE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }
}
