package io.millrace.layers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets what Kafka Streams keeps for an application. Used once, by one thread. */
final class LayersReset {
    private static final Logger LOG = LoggerFactory.getLogger(LayersReset.class);
    private static final long LOOK_AGAIN_MILLIS = 100;

    private final String application;
    private final LayersConfig config;
    private final Set<String> layers;
    private final long deadline;

    /**
     * @param layers the names of all layers that the application may have had
     */
    LayersReset(String application, LayersConfig config, Set<String> layers, Duration within) {
        this.application = application;
        this.config = config;
        this.layers = Set.copyOf(layers);
        this.deadline = System.nanoTime() + within.toNanos();
    }

    /** @param replayTopic is passed over by the next start; it need not exist */
    void run(String replayTopic) {
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers()))) {
            deleteGroup(admin);
            deleteTopics(admin);
            skip(admin, replayTopic);
        }
        deleteFolder(config.stateDir().resolve(application));
        LOG.atInfo().addKeyValue("application", application).log("layers forgot their state");
    }

    /** A static member stays in the group after it stopped, so it is put out first. */
    private void deleteGroup(Admin admin) {
        while (true) {
            try {
                await(admin.removeMembersFromConsumerGroup(application, new RemoveMembersFromConsumerGroupOptions())
                        .all());
                await(admin.deleteConsumerGroups(List.of(application)).all());
                return;
            } catch (GroupIdNotFoundException e) {
                return;
            } catch (GroupNotEmptyException e) {
                pause("the group '" + application + "' still has members");
            }
        }
    }

    private void deleteTopics(Admin admin) {
        Set<String> all = await(admin.listTopics().names());
        List<String> internal = all.stream().filter(this::isInternal).toList();
        if (internal.isEmpty()) {
            return;
        }
        try {
            await(admin.deleteTopics(internal).all());
        } catch (UnknownTopicOrPartitionException e) {
            LOG.atDebug().addKeyValue("application", application).log("an internal topic was deleted meanwhile");
        }
        while (await(admin.listTopics().names()).stream().anyMatch(internal::contains)) {
            pause("internal topics are still there");
        }
    }

    /** Commits the end of a topic for the group that was deleted. */
    private void skip(Admin admin, String topic) {
        if (!await(admin.listTopics().names()).contains(topic)) {
            return;
        }
        TopicDescription description = Objects.requireNonNull(
                await(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic));
        Map<TopicPartition, OffsetSpec> partitions = description.partitions().stream()
                .collect(Collectors.toMap(
                        info -> new TopicPartition(topic, info.partition()), info -> OffsetSpec.latest()));
        Map<TopicPartition, OffsetAndMetadata> ends = await(
                        admin.listOffsets(partitions).all())
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        end -> new OffsetAndMetadata(end.getValue().offset())));
        await(admin.alterConsumerGroupOffsets(application, ends).all());
    }

    /** Internal topics are {@code <application>-<layer>.<stream>...}: those of an application 'shop-eu' are not those of 'shop'. */
    boolean isInternal(String topic) {
        String prefix = application + "-";
        if (!topic.startsWith(prefix)) {
            return false;
        }
        String rest = topic.substring(prefix.length());
        return layers.contains(rest.substring(0, Math.max(0, rest.indexOf('.'))))
                && (rest.endsWith("-changelog") || rest.endsWith("-repartition") || rest.endsWith("-topic"));
    }

    private <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException cause) {
                throw cause;
            }
            throw new KafkaException("the layers' state cannot be forgotten", e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("the cluster did not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private void pause(String waitingFor) {
        if (System.nanoTime() > deadline) {
            throw new TimeoutException(waitingFor);
        }
        try {
            boolean ignored = new CountDownLatch(1).await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private static void deleteFolder(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
