package io.millrace.broker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Brokers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeleteAclsResult.FilterResults;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what is the same as with Apache Kafka's standard authorizer: each API with each single right, and the lists themselves. */
class AccessDifferentialTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SECRET = "s3cret";
    private static final String ADMIN = "admin";
    private static final String KAFKA_LOGGER = "kafka.server";
    private static final String NOBODY = "nobody";
    private static final Map<ResourceType, List<AclOperation>> RIGHTS = rights();
    /** Kafka tells its internal request, with addresses and object ids, where ours tells the API. */
    private static final Pattern REQUEST = Pattern.compile("Request .* needs");

    /** Kafka's node logs each denial as an unexpected error, with the whole request. */
    @BeforeAll
    static void silenceKafka() {
        Configurator.setLevel(KAFKA_LOGGER, Level.OFF);
    }

    @AfterAll
    static void letKafkaSpeak() {
        Configurator.setLevel(KAFKA_LOGGER, (Level) null);
    }

    private static Map<ResourceType, List<AclOperation>> rights() {
        Map<ResourceType, List<AclOperation>> rights = new LinkedHashMap<>();
        rights.put(
                ResourceType.TOPIC,
                List.of(
                        AclOperation.READ,
                        AclOperation.WRITE,
                        AclOperation.CREATE,
                        AclOperation.DELETE,
                        AclOperation.ALTER,
                        AclOperation.DESCRIBE,
                        AclOperation.DESCRIBE_CONFIGS,
                        AclOperation.ALTER_CONFIGS));
        rights.put(
                ResourceType.GROUP,
                List.of(
                        AclOperation.READ,
                        AclOperation.DELETE,
                        AclOperation.DESCRIBE,
                        AclOperation.DESCRIBE_CONFIGS,
                        AclOperation.ALTER_CONFIGS));
        rights.put(
                ResourceType.CLUSTER,
                List.of(
                        AclOperation.CREATE,
                        AclOperation.ALTER,
                        AclOperation.DESCRIBE,
                        AclOperation.CLUSTER_ACTION,
                        AclOperation.DESCRIBE_CONFIGS,
                        AclOperation.ALTER_CONFIGS,
                        AclOperation.IDEMPOTENT_WRITE));
        rights.put(ResourceType.TRANSACTIONAL_ID, List.of(AclOperation.DESCRIBE, AclOperation.WRITE));
        return rights;
    }

    private static String user(ResourceType type, AclOperation operation) {
        return (type + "-" + operation).toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** One for each right, one with all for each type of resource, one who may do nothing, one who may do everything. */
    private static List<String> users() {
        List<String> users = new ArrayList<>(List.of(NOBODY, ADMIN));
        RIGHTS.forEach((type, operations) -> {
            operations.forEach(operation -> users.add(user(type, operation)));
            users.add(user(type, AclOperation.ALL));
        });
        return users;
    }

    private static Brokers.Running start(Path folder, String engine) {
        Map<String, String> p = new HashMap<>();
        p.put("listener.security.protocol.map", "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("sasl.enabled.mechanisms", "PLAIN");
        p.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        p.put(
                "listener.name.plaintext.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + ADMIN
                        + "\" password=\"" + SECRET + "\""
                        + users().stream()
                                .map(user -> " user_" + user + "=\"" + SECRET + "\"")
                                .collect(Collectors.joining())
                        + ";");
        p.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        // Kafka's controller has a listener of its own, whose sender is nobody
        p.put("super.users", "User:" + ADMIN + ";User:ANONYMOUS");
        p.put("clamp.replication.factor", "false");
        return Brokers.start(folder, engine, p);
    }

    private static Admin admin(Brokers.Running broker) {
        return Admin.create(Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + ADMIN
                        + "\" password=\"" + SECRET + "\";"));
    }

    private static Wire as(Brokers.Running broker, String user) throws IOException {
        Wire wire = new Wire(broker.bootstrapServers());
        wire.ask(ApiKeys.SASL_HANDSHAKE, (short) 1, new SaslHandshakeRequestData().setMechanism("PLAIN"));
        byte[] proof = ("\0" + user + "\0" + SECRET).getBytes(StandardCharsets.UTF_8);
        SaslAuthenticateResponseData answer = (SaslAuthenticateResponseData)
                wire.ask(ApiKeys.SASL_AUTHENTICATE, (short) 2, new SaslAuthenticateRequestData().setAuthBytes(proof));
        assertThat(answer.errorCode()).as("authentication of " + user).isZero();
        return wire;
    }

    private static void until(Callable<Boolean> condition, String what) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(deadline);
        }
    }

    private static AclBinding acl(
            ResourceType type, String name, PatternType pattern, String principal, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }

    private static Collection<AclBinding> acls(Admin admin) throws Exception {
        return admin.describeAcls(AclBindingFilter.ANY).values().get(20, TimeUnit.SECONDS);
    }

    private static List<AclBinding> grants() {
        List<AclBinding> grants = new ArrayList<>();
        RIGHTS.forEach((type, operations) -> {
            String name = type == ResourceType.CLUSTER ? Resource.CLUSTER_NAME : "*";
            operations.forEach(operation ->
                    grants.add(acl(type, name, PatternType.LITERAL, "User:" + user(type, operation), operation)));
            grants.add(acl(type, name, PatternType.LITERAL, "User:" + user(type, AclOperation.ALL), AclOperation.ALL));
        });
        return grants;
    }

    @Test
    void eachApiAnswersEachSingleRightAsKafkaDoes(@TempDir Path light, @TempDir Path kafka) throws Exception {
        Map<String, String> expected = table(kafka, "kafka");
        Map<String, String> actual = table(light, "light");
        assertThat(actual.keySet()).isEqualTo(expected.keySet()).hasSizeGreaterThan(1_500);
        List<String> differences = new ArrayList<>();
        expected.forEach((question, answer) -> {
            if (!answer.equals(actual.get(question))) {
                differences.add(question + ": kafka " + answer + ", light " + actual.get(question));
            }
        });
        assertThat(differences).isEmpty();
        assertThat(expected.values().stream().filter(answer -> answer.contains("AUTHORIZATION_FAILED")))
                .as("denials")
                .hasSizeGreaterThan(500);
    }

    private static Map<String, String> table(Path folder, String engine) throws Exception {
        Map<String, String> table = new LinkedHashMap<>();
        try (Brokers.Running broker = start(folder, engine);
                Admin admin = admin(broker)) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get(20, TimeUnit.SECONDS);
            admin.createAcls(grants()).all().get(20, TimeUnit.SECONDS);
            until(() -> acls(admin).size() == grants().size(), "rights");
            try (Wire wire = as(broker, ADMIN)) {
                for (String question : AccessQuestions.READY) {
                    until(() -> AccessQuestions.ALL.get(question).errors(wire).startsWith("{NONE="), question);
                }
            }
            for (String user : users()) {
                try (Wire wire = as(broker, user)) {
                    for (Map.Entry<String, AccessQuestions.Question> question : AccessQuestions.ALL.entrySet()) {
                        table.put(
                                question.getKey() + " by " + user,
                                question.getValue().errors(wire));
                    }
                }
            }
        }
        return table;
    }

    @Test
    void accessListsAreToldAndChangedAlike(@TempDir Path light, @TempDir Path kafka) throws Exception {
        List<String> expected = administration(kafka, "kafka");
        assertThat(administration(light, "light")).containsExactlyElementsOf(expected);
        assertThat(expected).hasSizeGreaterThan(30);
    }

    private static List<String> administration(Path folder, String engine) throws Exception {
        List<String> lines = new ArrayList<>();
        try (Brokers.Running broker = start(folder, engine);
                Admin admin = admin(broker)) {
            List<AclBinding> made = List.of(
                    acl(ResourceType.TOPIC, "orders", PatternType.LITERAL, "User:a", AclOperation.READ),
                    acl(ResourceType.TOPIC, "orders", PatternType.PREFIXED, "User:a", AclOperation.WRITE),
                    acl(ResourceType.TOPIC, "ord", PatternType.PREFIXED, "User:b", AclOperation.ALL),
                    acl(ResourceType.TOPIC, "*", PatternType.LITERAL, "User:*", AclOperation.DESCRIBE),
                    acl(ResourceType.GROUP, "orders", PatternType.LITERAL, "User:c", AclOperation.READ),
                    acl(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL, "User:c", AclOperation.ALTER),
                    acl(ResourceType.TRANSACTIONAL_ID, "x", PatternType.LITERAL, "User:c", AclOperation.WRITE),
                    acl(ResourceType.DELEGATION_TOKEN, "d", PatternType.LITERAL, "User:c", AclOperation.DESCRIBE),
                    acl(ResourceType.USER, "u", PatternType.LITERAL, "User:c", AclOperation.DESCRIBE_TOKENS),
                    new AclBinding(
                            new ResourcePattern(ResourceType.TOPIC, "orders", PatternType.LITERAL),
                            new AccessControlEntry("User:a", "10.0.0.1", AclOperation.READ, AclPermissionType.DENY)));
            attempt(lines, "create", () -> admin.createAcls(made).all().get(20, TimeUnit.SECONDS));
            attempt(lines, "again", () -> admin.createAcls(made).all().get(20, TimeUnit.SECONDS));
            until(() -> acls(admin).size() == made.size(), "lists");
            refused()
                    .forEach(acl -> attempt(lines, "create " + acl, () -> admin.createAcls(List.of(acl))
                            .all()
                            .get(20, TimeUnit.SECONDS)));
            for (AclBindingFilter filter : filters()) {
                attempt(
                        lines,
                        "tell " + filter,
                        () -> sorted(admin.describeAcls(filter).values().get(20, TimeUnit.SECONDS)));
            }
            for (AclBindingFilter filter : filters()) {
                attempt(lines, "delete " + filter, () -> deleted(admin, filter));
            }
            until(() -> acls(admin).isEmpty(), "no lists");
            try (Wire wire = as(broker, NOBODY)) {
                AccessQuestions.ALL.forEach((name, question) -> {
                    if (name.contains("ACLS")) {
                        attempt(lines, name, () -> question.text(wire));
                    }
                });
            }
        }
        return lines.stream()
                .map(line -> REQUEST.matcher(line).replaceAll("Request R needs"))
                .toList();
    }

    private static List<AclBinding> refused() {
        return List.of(
                acl(ResourceType.CLUSTER, "other", PatternType.LITERAL, "User:a", AclOperation.ALTER),
                acl(ResourceType.TOPIC, "", PatternType.LITERAL, "User:a", AclOperation.READ),
                acl(ResourceType.TOPIC, "t", PatternType.LITERAL, "no type", AclOperation.READ),
                acl(ResourceType.TOPIC, "t", PatternType.LITERAL, "", AclOperation.READ),
                acl(ResourceType.GROUP, "g", PatternType.LITERAL, "User:a", AclOperation.CREATE_TOKENS),
                acl(ResourceType.TOPIC, "not a name", PatternType.LITERAL, "User:a", AclOperation.READ));
    }

    private static List<AclBindingFilter> filters() {
        return List.of(
                filter(ResourceType.TOPIC, "orders", PatternType.LITERAL, null, AclOperation.ANY),
                filter(ResourceType.TOPIC, "orders", PatternType.PREFIXED, null, AclOperation.ANY),
                filter(ResourceType.TOPIC, "orders", PatternType.MATCH, null, AclOperation.ANY),
                filter(ResourceType.TOPIC, "orders", PatternType.ANY, "User:a", AclOperation.ANY),
                filter(ResourceType.TOPIC, "orders-eu", PatternType.MATCH, null, AclOperation.WRITE),
                filter(ResourceType.TOPIC, "*", PatternType.LITERAL, null, AclOperation.ANY),
                filter(ResourceType.TOPIC, null, PatternType.ANY, "User:b", AclOperation.ALL),
                filter(ResourceType.GROUP, null, PatternType.ANY, null, AclOperation.READ),
                filter(ResourceType.ANY, null, PatternType.ANY, "User:c", AclOperation.DESCRIBE),
                filter(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL, null, AclOperation.ANY),
                filter(ResourceType.CLUSTER, "elsewhere", PatternType.LITERAL, null, AclOperation.ANY),
                AclBindingFilter.ANY);
    }

    private static AclBindingFilter filter(
            ResourceType type, String name, PatternType pattern, String principal, AclOperation operation) {
        return new AclBindingFilter(
                new ResourcePatternFilter(type, name, pattern),
                new AccessControlEntryFilter(principal, null, operation, AclPermissionType.ANY));
    }

    private static String deleted(Admin admin, AclBindingFilter filter) throws Exception {
        FilterResults results =
                admin.deleteAcls(List.of(filter)).values().get(filter).get(20, TimeUnit.SECONDS);
        List<AclBinding> gone = results.values().stream().map(r -> r.binding()).toList();
        // Kafka's broker hears of it after its controller has answered
        until(() -> acls(admin).stream().noneMatch(gone::contains), "deletion");
        return sorted(gone);
    }

    private static String sorted(Collection<AclBinding> acls) {
        return acls.stream()
                .map(AclBinding::toString)
                .collect(Collectors.toCollection(TreeSet::new))
                .toString();
    }

    private static void attempt(List<String> lines, String what, Callable<?> action) {
        try {
            lines.add(what + ": " + action.call());
        } catch (Exception e) {
            Throwable cause = e instanceof java.util.concurrent.ExecutionException ? e.getCause() : e;
            lines.add(what + ": " + cause.getClass().getSimpleName() + " '" + cause.getMessage() + "'");
        }
    }
}
