package io.millrace.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Asks a broker everything that an administrator can, well and badly. */
final class AdminScript implements AutoCloseable {
    private static final TopicPartition FIRST = new TopicPartition("orders", 0);
    private static final TopicPartition SECOND = new TopicPartition("orders", 1);
    private static final TopicPartition NOWHERE = new TopicPartition("nowhere", 0);
    /** How a node is put together, which differs by design; all else is asked of both. */
    private static final Set<String> OF_THE_NODE = Set.of(
            "process.roles",
            "controller.quorum.voters",
            "controller.listener.names",
            "inter.broker.listener.name",
            "listeners",
            "advertised.listeners",
            "listener.security.protocol.map",
            "clamp.replication.factor",
            "socket.request.max.bytes");

    private final String bootstrap;
    private final String folder;
    private final Admin admin;
    private final Transcript transcript;

    AdminScript(String bootstrap, String folder) {
        this.bootstrap = bootstrap;
        this.folder = folder;
        this.admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrap, "default.api.timeout.ms", "15000", "request.timeout.ms", "10000"));
        this.transcript = new Transcript(folder);
    }

    List<String> run() throws Exception {
        topics();
        partitions();
        cluster();
        configurations();
        transactions();
        records();
        folders();
        groups();
        replicas();
        quotasAndCredentials();
        features();
        access();
        requests();
        deletions();
        return transcript.lines();
    }

    private void topics() throws Exception {
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

    private void partitions() {
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

    private void cluster() {
        DescribeClusterResult cluster =
                admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true));
        transcript.ask("nodes", () -> Transcript.get(cluster.nodes()));
        transcript.ask("controller", () -> Transcript.get(cluster.controller()));
        transcript.ask("cluster", () -> Transcript.get(cluster.clusterId()));
        transcript.ask("operations", () -> Transcript.get(cluster.authorizedOperations()));
        transcript.ask("quorum", () -> {
            QuorumInfo quorum = Transcript.get(admin.describeMetadataQuorum().quorumInfo());
            return quorum.leaderId() + " " + quorum.observers() + " "
                    + quorum.nodes().keySet()
                    + quorum.voters().stream()
                            .map(v -> v.replicaId() + " " + v.replicaDirectoryId() + " "
                                    + (v.logEndOffset() - quorum.highWatermark()) + " "
                                    + v.lastCaughtUpTimestamp().isPresent())
                            .toList();
        });
        transcript.ask(
                "unregister", () -> Transcript.get(admin.unregisterBroker(99).all()));
    }

    private void configurations() {
        ConfigResource orders = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        ConfigResource brokers = new ConfigResource(ConfigResource.Type.BROKER, "");
        ConfigResource loggers = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "1");
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "readers");
        ConfigResource metrics = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "all");
        List<ConfigResource> wrong = List.of(
                new ConfigResource(ConfigResource.Type.TOPIC, "nowhere"),
                new ConfigResource(ConfigResource.Type.TOPIC, "not a name"),
                new ConfigResource(ConfigResource.Type.CLIENT_METRICS, ""),
                new ConfigResource(ConfigResource.Type.GROUP, ""));
        configs("configuration", List.of(orders, broker, brokers, group, metrics), told -> true);
        configs("wrong configuration", wrong, told -> true);
        transcript.ask("root logger", () -> Transcript.get(
                        admin.describeConfigs(List.of(loggers)).values().get(loggers))
                .get("root"));
        alter("change", orders, set("retention.ms", "3600000"), set("cleanup.policy", "delete"));
        alter("change", orders, op("cleanup.policy", "compact", OpType.APPEND));
        alter("change", orders, op("cleanup.policy", "compact", OpType.SUBTRACT));
        alter("change", orders, op("retention.ms", "", OpType.DELETE));
        alter("change badly", orders, set("retention.ms", "soon"));
        alter("change badly", orders, set("retention", "1"));
        alter("change badly", orders, op("retention.ms", "1", OpType.APPEND));
        alter("change badly", orders, set("segment.bytes", "1"));
        wrong.forEach(resource -> alter("change badly", resource, set("retention.ms", "1")));
        alter("change", brokers, set("log.retention.ms", "7200000"), set("log.cleaner.threads", "1"));
        alter("change", broker, set("log.segment.bytes", "104857600"));
        alter("change badly", broker, set("node.id", "3"));
        alter("change badly", broker, set("log.segment.bytes", "many"));
        alter("change badly", brokers, set("listeners", "PLAINTEXT://:1"));
        alter("change badly", broker, op("log.segment.bytes", "1", OpType.APPEND));
        alter("change badly", broker, op("no.such.list", "1", OpType.APPEND));
        alter("change", group, set("consumer.session.timeout.ms", "50000"));
        alter("change badly", group, set("consumer.session.timeout.ms", "1"));
        alter("change badly", group, set("consumer.session", "1"));
        alter("change", metrics, set("interval.ms", "60000"), set("metrics", "org.apache.kafka."));
        alter("change badly", metrics, set("interval.ms", "1"));
        alter("change", loggers, set("org.apache.kafka.none", "INFO"));
        alter("change badly", loggers, set("root", "LOUD"));
        alter("change badly", loggers, op("root", "", OpType.DELETE));
        alter("change badly", loggers, op("root", "INFO", OpType.APPEND));
        transcript.askEach(
                "try to change",
                admin.incrementalAlterConfigs(
                                Map.of(orders, List.of(set("retention.ms", "1"))),
                                new AlterConfigsOptions().validateOnly(true))
                        .values());
        configs("changed configuration", List.of(orders, broker), told -> told.contains("=7200000"));
        configs("changed configuration", List.of(brokers), told -> told.contains("log.retention.ms"));
        configs("changed configuration", List.of(group), told -> told.contains("=50000"));
        configs("changed configuration", List.of(metrics), told -> told.contains("=60000"));
        transcript.ask(
                "configured", () -> Transcript.get(admin.listConfigResources().all()).stream()
                        .map(ConfigResource::toString)
                        .sorted()
                        .toList());
        transcript.ask(
                "configured groups",
                () -> Transcript.get(
                        admin.listConfigResources(Set.of(ConfigResource.Type.GROUP), new ListConfigResourcesOptions())
                                .all()));
        alter("change back", brokers, op("log.retention.ms", "", OpType.DELETE));
        alter("change back", broker, op("log.segment.bytes", "", OpType.DELETE));
        configs(
                "changed back",
                List.of(orders, brokers),
                told -> !told.contains("=7200000") && !told.contains("=104857600"));
    }

    private void configs(String question, List<ConfigResource> resources, Predicate<String> awaited) {
        for (ConfigResource resource : resources) {
            Callable<?> entries = () -> {
                Config config = Transcript.get(admin.describeConfigs(
                                List.of(resource),
                                new DescribeConfigsOptions()
                                        .includeSynonyms(true)
                                        .includeDocumentation(true))
                        .values()
                        .get(resource));
                return config.entries().stream()
                        .filter(entry -> !OF_THE_NODE.contains(entry.name()))
                        .sorted(Comparator.comparing(ConfigEntry::name))
                        .toList();
            };
            transcript.ask(question + " " + resource, entries, awaited);
        }
    }

    private static AlterConfigOp set(String name, String value) {
        return op(name, value, OpType.SET);
    }

    private static AlterConfigOp op(String name, String value, OpType type) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private void alter(String question, ConfigResource resource, AlterConfigOp... changes) {
        transcript.askEach(
                question + " " + List.of(changes),
                admin.incrementalAlterConfigs(Map.of(resource, List.of(changes)))
                        .values());
    }

    private void transactions() throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "transactional.id", "tx"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < 3; i++) {
                producer.send(new ProducerRecord<>("orders", 0, 1000L + i, "k", "v" + i))
                        .get();
            }
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", 1, 2000L, "k", "open")).get();
            transcript.ask(
                    "transactions",
                    () -> Transcript.get(admin.listTransactions().all()));
            transcript.ask(
                    "transactions by state",
                    () -> Transcript.get(
                            admin.listTransactions(new ListTransactionsOptions().filterOnDuration(3_600_000))
                                    .all()));
            transcript.ask(
                    "transactions by pattern",
                    () -> Transcript.get(
                            admin.listTransactions(new ListTransactionsOptions().filterOnTransactionalIdPattern("("))
                                    .all()));
            transcript.ask(
                    "transaction",
                    () -> Transcript.get(
                            admin.describeTransactions(List.of("tx")).description("tx")));
            transcript.ask(
                    "no transaction",
                    () -> Transcript.get(
                            admin.describeTransactions(List.of("ty")).description("ty")));
            transcript.ask("producers", () -> Transcript.get(
                            admin.describeProducers(List.of(FIRST)).partitionResult(FIRST))
                    .activeProducers());
            transcript.ask("producers of a transaction", () -> Transcript.get(
                            admin.describeProducers(List.of(SECOND)).partitionResult(SECOND))
                    .activeProducers());
            var writing = Transcript.get(
                            admin.describeProducers(List.of(SECOND)).partitionResult(SECOND))
                    .activeProducers()
                    .get(0);
            transcript.ask(
                    "abort of an old epoch",
                    () -> Transcript.get(admin.abortTransaction(
                                    new AbortTransactionSpec(SECOND, writing.producerId(), (short) -1, 0))
                            .all()));
            transcript.ask(
                    "abort",
                    () -> Transcript.get(admin.abortTransaction(new AbortTransactionSpec(
                                    SECOND, writing.producerId(), (short) writing.producerEpoch(), 0))
                            .all()));
            transcript.ask("aborted", () -> Transcript.get(
                            admin.describeProducers(List.of(SECOND)).partitionResult(SECOND))
                    .activeProducers()
                    .get(0)
                    .currentTransactionStartOffset());
            transcript.askEach("fence", admin.fenceProducers(List.of("tx")).fencedProducers());
        }
    }

    private void records() {
        transcript.askEach(
                "delete records",
                admin.deleteRecords(Map.of(
                                FIRST,
                                RecordsToDelete.beforeOffset(2),
                                new TopicPartition("orders", 2),
                                RecordsToDelete.beforeOffset(0)))
                        .lowWatermarks());
        transcript.askEach(
                "delete records badly",
                admin.deleteRecords(Map.of(
                                FIRST,
                                RecordsToDelete.beforeOffset(99),
                                SECOND,
                                RecordsToDelete.beforeOffset(-2),
                                new TopicPartition("compacted", 0),
                                RecordsToDelete.beforeOffset(0),
                                new TopicPartition("__transaction_state", 0),
                                RecordsToDelete.beforeOffset(0)))
                        .lowWatermarks());
        for (OffsetSpec spec : List.of(
                OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.maxTimestamp(), OffsetSpec.forTimestamp(1002))) {
            transcript.ask(
                    "offset " + spec.getClass().getSimpleName(),
                    () -> Transcript.get(admin.listOffsets(Map.of(FIRST, spec)).partitionResult(FIRST)));
        }
        transcript.askEach(
                "delete all records",
                admin.deleteRecords(Map.of(SECOND, RecordsToDelete.beforeOffset(-1)))
                        .lowWatermarks());
    }

    private void folders() {
        transcript.ask("folders", () -> {
            var described = Transcript.get(admin.describeLogDirs(List.of(1)).allDescriptions());
            List<String> told = new ArrayList<>();
            described.get(1).forEach((path, folder) -> folder.replicaInfos().forEach((partition, replica) -> {
                if (!partition.topic().startsWith("__")) {
                    told.add(path + " " + partition + " " + replica);
                }
            }));
            told.add(described.get(1).values().stream()
                    .map(d -> d.error() + " " + d.totalBytes().isPresent() + " "
                            + d.usableBytes().isPresent() + " " + d.isCordoned())
                    .toList()
                    .toString());
            return told.stream().sorted().toList();
        });
        TopicPartitionReplica replica = new TopicPartitionReplica("orders", 0, 1);
        transcript.askEach(
                "folder of", admin.describeReplicaLogDirs(List.of(replica)).values());
        transcript.askEach(
                "move", admin.alterReplicaLogDirs(Map.of(replica, folder)).values());
        transcript.askEach(
                "move badly",
                admin.alterReplicaLogDirs(
                                Map.of(replica, "/nowhere", new TopicPartitionReplica("nowhere", 0, 1), folder))
                        .values());
    }

    private void groups() {
        try (KafkaConsumer<String, String> classic = consumer("readers", "classic");
                KafkaConsumer<String, String> modern = consumer("modern", "consumer")) {
            describe("live");
        }
        describe("left");
        transcript.askEach(
                "offsets",
                Map.of("readers", admin.listConsumerGroupOffsets("readers").partitionsToOffsetAndMetadata()));
        transcript.ask(
                "set offsets",
                () -> Transcript.get(admin.alterConsumerGroupOffsets(
                                "readers", Map.of(FIRST, new OffsetAndMetadata(3), SECOND, new OffsetAndMetadata(1)))
                        .all()));
        transcript.ask(
                "set offsets badly",
                () -> Transcript.get(
                        admin.alterConsumerGroupOffsets("readers", Map.of(NOWHERE, new OffsetAndMetadata(3)))
                                .partitionResult(NOWHERE)));
        transcript.ask(
                "delete offsets",
                () -> Transcript.get(admin.deleteConsumerGroupOffsets("readers", Set.of(SECOND))
                        .partitionResult(SECOND)));
        transcript.ask(
                "delete offsets of nobody",
                () -> Transcript.get(admin.deleteConsumerGroupOffsets("nobody", Set.of(SECOND))
                        .partitionResult(SECOND)));
        transcript.ask(
                "remove members",
                () -> Transcript.get(
                        admin.removeMembersFromConsumerGroup("readers", new RemoveMembersFromConsumerGroupOptions())
                                .all()));
        transcript.askEach(
                "delete groups",
                admin.deleteConsumerGroups(List.of("readers", "nobody")).deletedGroups());
        transcript.askEach(
                "describe streams",
                admin.describeStreamsGroups(List.of("nobody", "modern")).describedGroups());
        transcript.askEach(
                "delete streams", admin.deleteStreamsGroups(List.of("nobody")).deletedGroups());
    }

    private void describe(String when) {
        transcript.ask("groups " + when, () -> Transcript.get(admin.listGroups().all()).stream()
                .map(GroupListing::toString)
                .sorted()
                .toList());
        transcript.askEach(
                "describe groups " + when,
                admin.describeConsumerGroups(List.of("readers", "modern", "nobody"))
                        .describedGroups());
        transcript.askEach(
                "describe classic groups " + when,
                admin.describeClassicGroups(List.of("readers", "modern", "nobody"))
                        .describedGroups());
        if (when.equals("live")) {
            transcript.askEach(
                    "delete groups " + when,
                    admin.deleteConsumerGroups(List.of("readers")).deletedGroups());
        }
    }

    private KafkaConsumer<String, String> consumer(String group, String protocol) {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "group.id",
                        group,
                        "client.id",
                        group,
                        "group.protocol",
                        protocol,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        "false"),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.subscribe(List.of("orders"));
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (consumer.assignment().size() < 4 && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(50));
        }
        consumer.commitSync(Map.of(FIRST, new OffsetAndMetadata(2), SECOND, new OffsetAndMetadata(0)));
        return consumer;
    }

    private void replicas() {
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

    private void quotasAndCredentials() {
        ClientQuotaEntity user = new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "alice"));
        transcript.askEach(
                "quota",
                admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                                user, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1000.0)))))
                        .values());
        transcript.askEach(
                "quota badly",
                admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                                user, List.of(new ClientQuotaAlteration.Op("bytes", 1000.0)))))
                        .values());
        transcript.ask(
                "quotas",
                () -> Transcript.get(
                        admin.describeClientQuotas(ClientQuotaFilter.all()).entities()),
                told -> told.contains("alice"));
        ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096);
        transcript.askEach(
                "credential",
                admin.alterUserScramCredentials(List.of(
                                new UserScramCredentialUpsertion("alice", info, "secret"),
                                new UserScramCredentialDeletion("bob", ScramMechanism.SCRAM_SHA_256)))
                        .values());
        transcript.ask(
                "credentials",
                () -> Transcript.get(admin.describeUserScramCredentials().all()),
                told -> told.contains("alice"));
        transcript.ask(
                "credentials of nobody",
                () -> Transcript.get(
                        admin.describeUserScramCredentials(List.of("nobody")).description("nobody")));
    }

    private void features() {
        transcript.ask("features", () -> {
            var metadata = Transcript.get(admin.describeFeatures().featureMetadata());
            Map<String, String> told = new HashMap<>();
            metadata.finalizedFeatures().forEach((name, range) -> told.put("finalized " + name, range.toString()));
            metadata.supportedFeatures().forEach((name, range) -> told.put("supported " + name, range.toString()));
            // share groups are not served, so their level stays unset
            told.remove("finalized share.version");
            return told;
        });
        transcript.askEach(
                "update features",
                admin.updateFeatures(
                                Map.of(
                                        "no.such.feature",
                                        new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.UPGRADE)),
                                new UpdateFeaturesOptions())
                        .values());
        transcript.askEach(
                "try to downgrade",
                admin.updateFeatures(
                                Map.of(
                                        "transaction.version",
                                        new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE)),
                                new UpdateFeaturesOptions().validateOnly(true))
                        .values());
    }

    private void access() {
        AclBinding binding = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, "orders", PatternType.LITERAL),
                new AccessControlEntry("User:alice", "*", AclOperation.READ, AclPermissionType.ALLOW));
        transcript.ask(
                "access",
                () -> Transcript.get(admin.describeAcls(AclBindingFilter.ANY).values()));
        transcript.askEach("grant", admin.createAcls(List.of(binding)).values());
        transcript.askEach(
                "revoke", admin.deleteAcls(List.of(AclBindingFilter.ANY)).values());
        transcript.ask(
                "token", () -> Transcript.get(admin.createDelegationToken().delegationToken()));
        transcript.ask(
                "tokens", () -> Transcript.get(admin.describeDelegationToken().delegationTokens()));
        transcript.ask(
                "renew token",
                () -> Transcript.get(admin.renewDelegationToken(new byte[] {1}).expiryTimestamp()));
        transcript.ask(
                "expire token",
                () -> Transcript.get(admin.expireDelegationToken(new byte[] {1}).expiryTimestamp()));
    }

    /** What the Admin client would not send, or not so. */
    private void requests() throws Exception {
        try (RawClient raw = new RawClient(bootstrap)) {
            for (RawRequests.Question question : RawRequests.all()) {
                transcript.ask(question.text(), () -> raw.ask(question.request()));
            }
        }
    }

    private void deletions() throws Exception {
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

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
