package io.millrace.broker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringSerializer;

/** Asks a broker everything that an administrator can, well and badly. */
final class AdminScript implements AutoCloseable {
    private static final TopicPartition FIRST = new TopicPartition("orders", 0);
    private static final TopicPartition SECOND = new TopicPartition("orders", 1);

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
        TopicQuestions topics = new TopicQuestions(admin, transcript);
        ConfigQuestions configs = new ConfigQuestions(admin, transcript);
        StorageQuestions storage = new StorageQuestions(folder, admin, transcript);
        topics.topics();
        topics.partitions();
        cluster();
        configs.configurations();
        transactions();
        storage.records();
        storage.folders();
        new GroupQuestions(bootstrap, admin, transcript).groups();
        topics.replicas();
        configs.quotasAndCredentials();
        configs.features();
        access();
        requests();
        topics.deletions();
        return transcript.lines();
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

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
