package io.millrace.broker.request;

import io.millrace.broker.metadata.Metadata;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfigCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.controller.ControllerRequestContext;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.transaction.TransactionLogConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates topics that nobody created: those that a client's first use makes, and the coordinators' own. */
public final class TopicCreation {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCreation.class);

    private final Metadata metadata;
    private final int partitions;
    private final Map<String, Internal> internals;

    private record Internal(int partitions, Properties configs) {}

    /**
     * @param partitions of a topic that a client's use makes
     * @param groupConfigs the configuration of the group coordinator's topic
     * @param transactionConfigs the configuration of the transaction coordinator's topic
     */
    public TopicCreation(
            Metadata metadata,
            int partitions,
            AbstractKafkaConfig config,
            Properties groupConfigs,
            Properties transactionConfigs) {
        this.metadata = metadata;
        this.partitions = partitions;
        this.internals = Map.of(
                Topic.GROUP_METADATA_TOPIC_NAME,
                        new Internal(
                                config.getInt(GroupCoordinatorConfig.OFFSETS_TOPIC_PARTITIONS_CONFIG), groupConfigs),
                Topic.TRANSACTION_STATE_TOPIC_NAME,
                        new Internal(
                                config.getInt(TransactionLogConfig.TRANSACTIONS_TOPIC_PARTITIONS_CONFIG),
                                transactionConfigs));
    }

    /**
     * Creates those of the topics that do not exist. When the future completes, each of them exists and has leaders, or cannot be created;
     * it never fails.
     */
    public CompletableFuture<Void> create(RequestContext context, Collection<String> topics) {
        return create(
                new ControllerRequestContext(context.header.data(), context.principal, OptionalLong.empty()), topics);
    }

    /** The same for a coordinator's own topic. */
    public CompletableFuture<Void> createInternal(String topic) {
        return create(metadata.ownContext(), Set.of(topic));
    }

    private CompletableFuture<Void> create(ControllerRequestContext context, Collection<String> topics) {
        CreateTopicsRequestData request = new CreateTopicsRequestData();
        topics.stream()
                .filter(TopicCreation::valid)
                .filter(name -> metadata.image().topics().getTopic(name) == null)
                .forEach(name -> request.topics().add(creatable(name)));
        if (request.topics().isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        Set<String> names =
                request.topics().stream().map(CreatableTopic::name).collect(Collectors.toCollection(HashSet::new));
        return metadata.controller()
                .createTopics(context, request, names, false)
                .handle((response, e) -> {
                    if (e != null) {
                        LOG.atWarn().setCause(e).addKeyValue("topics", names).log("Topics could not be created");
                    } else {
                        response.topics().forEach(TopicCreation::log);
                    }
                    return null;
                });
    }

    private static boolean valid(String name) {
        try {
            Topic.validate(name);
            return true;
        } catch (InvalidTopicException e) {
            return false;
        }
    }

    private CreatableTopic creatable(String name) {
        CreatableTopic topic = new CreatableTopic().setName(name).setReplicationFactor((short) 1);
        Internal internal = internals.get(name);
        if (internal == null) {
            return topic.setNumPartitions(partitions);
        }
        CreatableTopicConfigCollection configs = new CreatableTopicConfigCollection();
        internal.configs()
                .forEach((key, value) -> configs.add(
                        new CreatableTopicConfig().setName(key.toString()).setValue(value.toString())));
        return topic.setNumPartitions(internal.partitions()).setConfigs(configs);
    }

    private static void log(CreatableTopicResult result) {
        Errors error = Errors.forCode(result.errorCode());
        if (error != Errors.NONE && error != Errors.TOPIC_ALREADY_EXISTS) {
            LOG.atWarn()
                    .addKeyValue("topic", result.name())
                    .addKeyValue("error", error)
                    .log("A topic could not be created: {}", result.errorMessage());
        }
    }
}
