package io.millrace.broker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** What an administrator asks about topics, their partitions and replicas. */
final class TopicQuestions {
    private static final TopicPartition FIRST = new TopicPartition("orders", 0);
    private static final TopicPartition SECOND = new TopicPartition("orders", 1);
    private static final TopicPartition NOWHERE = new TopicPartition("nowhere", 0);

    private final Admin admin;
    private final Transcript transcript;

    TopicQuestions(Admin admin, Transcript transcript) {
        this.admin = admin;
        this.transcript = transcript;
    }

    void topics() throws Exception {
        NewTopic orders = new NewTopic("orders", 3, (short) 1).configs(Map.of("retention.ms", "86400000"));
        transcript.askEach("create", admin.createTopics(List.of(orders)).values());
        transcript.askEach("create again", admin.createTopics(List.of(orders)).values());
        transcript.askEach(
                "create badly",
                admin.createTopics(List.of(
                                new NewTopic("not a name", 1, (short) 1),
                                new NewTopic("x".repeat(250), 1, (short) 1),
                                new NewTopic("..", 1, (short) 1),
                                new NewTopic("none", 0, (short) 1),
                                new NewTopic("three-replicas", 1, (short) 3),
                                new NewTopic("no-replica", 1, (short) 0),
                                new NewTopic("elsewhere", Map.of(0, List.of(7))),
                                new NewTopic("gap", Map.of(0, List.of(1), 2, List.of(1))),
                                new NewTopic("__cluster_metadata", 1, (short) 1),
                                new NewTopic("odd", 1, (short) 1).configs(Map.of("retention.ms", "soon")),
                                new NewTopic("unknown-key", 1, (short) 1).configs(Map.of("retention", "1"))))
                        .values());
        transcript.askEach(
                "try to create",
                admin.createTopics(
                                List.of(new NewTopic("tried", Optional.empty(), Optional.empty())),
                                new CreateTopicsOptions().validateOnly(true))
                        .values());
        var made = admin.createTopics(List.of(
                new NewTopic("compacted", Map.of(0, List.of(1))).configs(Map.of("cleanup.policy", "compact")),
                new NewTopic("defaults", Optional.empty(), Optional.empty())));
        transcript.askEach("create more", made.values());
        transcript.ask("partitions made", () -> Transcript.get(made.numPartitions("defaults")));
        transcript.ask("replicas made", () -> Transcript.get(made.replicationFactor("defaults")));
        transcript.ask(
                "made with", () -> Transcript.get(made.config("compacted")).entries());
        awaitTopics("orders", "compacted", "defaults");
        transcript.ask("topics", () -> Transcript.get(admin.listTopics().listings()).stream()
                .map(TopicListing::toString)
                .sorted()
                .toList());
        transcript.askEach(
                "describe",
                admin.describeTopics(
                                TopicCollection.ofTopicNames(List.of("orders", "compacted", "nowhere", "not a name")),
                                new DescribeTopicsOptions().includeAuthorizedOperations(true))
                        .topicNameValues());
        transcript.askEach(
                "describe page by page",
                admin.describeTopics(
                                TopicCollection.ofTopicNames(List.of("orders", "compacted")),
                                new DescribeTopicsOptions().partitionSizeLimitPerResponse(2))
                        .topicNameValues());
        transcript.ask("describe by id", () -> {
            Uuid id = Transcript.get(admin.describeTopics(List.of("orders"))
                            .topicNameValues()
                            .get("orders"))
                    .topicId();
            return Transcript.get(admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                    .topicIdValues()
                    .get(id));
        });
        transcript.askEach(
                "describe by wrong id",
                admin.describeTopics(TopicCollection.ofTopicIds(List.of(new Uuid(1, 2))))
                        .topicIdValues());
    }

    /** Kafka's broker hears of a change after the controller has answered; the light engine's does before. */
    private void awaitTopics(String... expected) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!Transcript.get(admin.listTopics(new ListTopicsOptions().listInternal(true))
                                .names())
                        .equals(Set.of(expected))
                && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }

    void partitions() {
        transcript.askEach(
                "add partitions",
                admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(4)))
                        .values());
        transcript.askEach(
                "add partitions badly",
                admin.createPartitions(Map.of(
                                "orders", NewPartitions.increaseTo(2),
                                "compacted", NewPartitions.increaseTo(1),
                                "nowhere", NewPartitions.increaseTo(2),
                                "defaults", NewPartitions.increaseTo(2, List.of(List.of(7)))))
                        .values());
        transcript.askEach(
                "try to add partitions",
                admin.createPartitions(
                                Map.of("orders", NewPartitions.increaseTo(9)),
                                new CreatePartitionsOptions().validateOnly(true))
                        .values());
    }

    void replicas() {
        for (ElectionType type : ElectionType.values()) {
            transcript.ask(
                    "elect " + type,
                    () -> sorted(Transcript.get(
                            admin.electLeaders(type, Set.of(FIRST, NOWHERE)).partitions())));
        }
        transcript.askEach(
                "reassign",
                admin.alterPartitionReassignments(Map.of(
                                FIRST,
                                Optional.of(new NewPartitionReassignment(List.of(1))),
                                SECOND,
                                Optional.of(new NewPartitionReassignment(List.of(2))),
                                new TopicPartition("orders", 2),
                                Optional.empty(),
                                NOWHERE,
                                Optional.of(new NewPartitionReassignment(List.of(1)))))
                        .values());
        transcript.ask(
                "reassignments",
                () -> Transcript.get(admin.listPartitionReassignments().reassignments()));
        transcript.ask(
                "reassignments of",
                () -> Transcript.get(
                        admin.listPartitionReassignments(Set.of(FIRST, NOWHERE)).reassignments()));
    }

    private static Map<String, String> sorted(Map<TopicPartition, Optional<Throwable>> results) {
        return results.entrySet().stream()
                .collect(Collectors.toMap(
                        e -> e.getKey().toString(),
                        e -> e.getValue().map(Throwable::toString).orElse("done")));
    }

    void deletions() throws Exception {
        transcript.askEach(
                "delete",
                admin.deleteTopics(List.of("compacted", "nowhere", "not a name"))
                        .topicNameValues());
        transcript.ask("delete by id", () -> {
            Uuid id = Transcript.get(admin.describeTopics(List.of("orders"))
                            .topicNameValues()
                            .get("orders"))
                    .topicId();
            return Transcript.get(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id)))
                    .topicIdValues()
                    .get(id));
        });
        transcript.askEach(
                "delete by wrong id",
                admin.deleteTopics(TopicCollection.ofTopicIds(List.of(new Uuid(1, 2))))
                        .topicIdValues());
        awaitTopics("defaults", "counts-changelog", "__consumer_offsets", "__transaction_state");
        transcript.ask("rest", () -> Transcript.get(admin.listTopics().names()));
    }
}
