package io.millrace.broker.server;

import io.millrace.broker.group.Groups;
import io.millrace.broker.metadata.Metadata;
import io.millrace.broker.request.TopicCreation;
import io.millrace.broker.storage.LogStore;
import io.millrace.broker.transaction.TransactionCoordinator;
import io.millrace.broker.transaction.TransactionParts;
import io.millrace.broker.transaction.TransactionSettings;
import io.millrace.broker.transaction.Verification;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import org.apache.kafka.common.internals.Plugin;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.transaction.TransactionLogConfig;
import org.apache.kafka.image.TopicImage;
import org.apache.kafka.server.authorizer.Authorizer;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.server.config.ServerLogConfigs;
import org.apache.kafka.server.util.KafkaScheduler;

/** The coordinators of groups and transactions, which need each other. */
record Coordinators(
        Groups groups, TransactionCoordinator transactions, Verification verification, TopicCreation creation) {

    /** What they are made of. */
    record Base(
            BrokerProperties config,
            Metadata metadata,
            LogStore logs,
            KafkaScheduler scheduler,
            Executor io,
            Insight insight,
            Time time) {
        private IntSupplier partitions(String topic, String property) {
            return () -> {
                TopicImage image = metadata.image().topics().getTopic(topic);
                return image == null
                        ? config.getInt(property)
                        : image.partitions().size();
            };
        }
    }

    /** @param started is given each coordinator as soon as it runs, to be stopped at the end */
    static Coordinators start(Base base, Optional<Authorizer> authorizer, BiConsumer<String, AutoCloseable> started) {
        BrokerProperties config = base.config();
        TransactionSettings settings = TransactionSettings.of(config);
        Deque<Groups> made = new ArrayDeque<>();
        TransactionCoordinator transactions = new TransactionCoordinator(parts(base, made), settings);
        boolean verify = new TransactionLogConfig(config).transactionPartitionVerificationEnable();
        Verification verification = transactions.verification(() -> verify);
        Groups groups = new Groups(
                config,
                base.metadata(),
                base.logs(),
                verification,
                authorizer.map(a -> Plugin.wrapInstance(a, null, "authorizer.class.name")),
                base.insight().metrics(),
                base.time());
        made.add(groups);
        SharedRegistry.adopt(base.insight().measures(), groups.registry());
        groups.start(base.partitions(
                Topic.GROUP_METADATA_TOPIC_NAME, GroupCoordinatorConfig.OFFSETS_TOPIC_PARTITIONS_CONFIG));
        started.accept("groups", groups);
        transactions.start();
        started.accept("transactions", transactions);
        base.metadata().follow(groups);
        base.metadata()
                .follow(new TransactionElections(
                        transactions,
                        base.metadata().identity().nodeId(),
                        base.insight().metrics(),
                        base.time()));
        return new Coordinators(groups, transactions, verification, creation(base, groups, settings));
    }

    private static TransactionParts parts(Base base, Deque<Groups> made) {
        Metadata metadata = base.metadata();
        return new TransactionParts(
                base.logs(),
                partition -> metadata.cache().contains(partition),
                base.partitions(
                        Topic.TRANSACTION_STATE_TOPIC_NAME, TransactionLogConfig.TRANSACTIONS_TOPIC_PARTITIONS_CONFIG),
                (partition, id, epoch, coordinatorEpoch, result, version) -> made.element()
                        .coordinator()
                        .completeTransaction(partition, id, epoch, coordinatorEpoch, result, version),
                new ControllerProducerIds(metadata),
                () -> TransactionVersion.fromFeatureLevel(metadata.cache()
                        .features()
                        .finalizedFeatures()
                        .getOrDefault(TransactionVersion.FEATURE_NAME, (short) 0)),
                base.scheduler(),
                base.io(),
                base.time());
    }

    private static TopicCreation creation(Base base, Groups groups, TransactionSettings settings) {
        Properties transactionTopic = new Properties();
        transactionTopic.putAll(settings.stateTopicConfig());
        return new TopicCreation(
                base.metadata(),
                base.config().getInt(ServerLogConfigs.NUM_PARTITIONS_CONFIG),
                base.config(),
                groups.coordinator().groupMetadataTopicConfigs(),
                transactionTopic);
    }
}
