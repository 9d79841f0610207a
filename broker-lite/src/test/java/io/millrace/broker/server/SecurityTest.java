package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.metadata.Metadata;
import io.millrace.broker.security.Authorization;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SecurityTest {
    private static final int ITERATIONS = 4096;
    private static final String OAUTH = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required";

    @TempDir
    static Path folder;

    private static Keys keys;
    private static LightBroker broker;

    @BeforeAll
    static void start() throws Exception {
        keys = new Keys(folder);
        keys.make("server");
        keys.make("device");
        keys.make("stranger");
        Map<String, String> p = new HashMap<>();
        p.put(
                "listeners",
                "PLAIN://127.0.0.1:0,SCRAM://127.0.0.1:0,OAUTH://127.0.0.1:0,TLS://127.0.0.1:0,BOTH://127.0.0.1:0");
        p.put(
                "listener.security.protocol.map",
                "PLAIN:SASL_PLAINTEXT,SCRAM:SASL_PLAINTEXT,OAUTH:SASL_PLAINTEXT,TLS:SSL,BOTH:SASL_SSL,CONTROLLER:PLAINTEXT");
        String users = Clients.plain("admin", "admin-secret").replace(";", "");
        users += " user_admin=\"admin-secret\" user_alice=\"alice-secret\" user_bob=\"bob-secret\";";
        p.put("listener.name.plain.sasl.enabled.mechanisms", "PLAIN");
        p.put("listener.name.plain.plain.sasl.jaas.config", users);
        p.put("listener.name.both.sasl.enabled.mechanisms", "PLAIN");
        p.put("listener.name.both.plain.sasl.jaas.config", users);
        p.put("listener.name.scram.sasl.enabled.mechanisms", "SCRAM-SHA-256,SCRAM-SHA-512");
        String scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
        p.put("listener.name.scram.scram-sha-256.sasl.jaas.config", scram);
        p.put("listener.name.scram.scram-sha-512.sasl.jaas.config", scram);
        p.put("listener.name.oauth.sasl.enabled.mechanisms", "OAUTHBEARER");
        p.put(
                "listener.name.oauth.oauthbearer.sasl.jaas.config",
                OAUTH + " unsecuredLoginStringClaim_sub=\"broker\" unsecuredValidatorRequiredScope=\"kafka\";");
        p.put("ssl.keystore.type", "PEM");
        p.put("ssl.keystore.location", keys.file("server.pem"));
        p.put("listener.name.tls.ssl.client.auth", "required");
        p.put("listener.name.tls.ssl.truststore.type", "PEM");
        p.put("listener.name.tls.ssl.truststore.location", keys.file("device.crt"));
        p.put("ssl.principal.mapping.rules", "RULE:^CN=(.*)$/$1/");
        p.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        p.put("super.users", "User:admin");
        p.put("num.network.threads", "1");
        p.put("offsets.topic.num.partitions", "1");
        p.put("transaction.state.log.num.partitions", "1");
        broker = LightBroker.start(folder.resolve("data"), p);
        try (Admin admin = Admin.create(plain("admin", "admin-secret"))) {
            admin.createTopics(List.of(
                            new NewTopic("orders", 1, (short) 1),
                            new NewTopic("orders-eu", 1, (short) 1),
                            new NewTopic("open", 1, (short) 1),
                            new NewTopic("denied", 1, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Map<String, Object> plain(String user, String password) {
        return Clients.sasl(broker.bootstrapServers("PLAIN"), "SASL_PLAINTEXT", "PLAIN", Clients.plain(user, password));
    }

    @Test
    void plainLetsInWhoKnowsThePasswordAndNobodyElse() {
        assertThat(Clients.ask(plain("alice", "alice-secret"))).isNull();
        assertThat(Clients.ask(plain("alice", "wrong")))
                .isInstanceOf(SaslAuthenticationException.class)
                .hasMessage("Authentication failed: Invalid username or password");
        assertThat(Clients.ask(plain("nobody", "alice-secret"))).isInstanceOf(SaslAuthenticationException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = ScramMechanism.class,
            names = {"SCRAM_SHA_256", "SCRAM_SHA_512"})
    void scramTakesCredentialsFromTheMetadataAndForgetsThoseThatAreDeleted(ScramMechanism mechanism) throws Exception {
        Map<String, Object> right = scram(mechanism, "s3cret");
        assertThat(Clients.ask(right)).isInstanceOf(SaslAuthenticationException.class);
        byte[] salt = new ScramFormatter(mechanism).secureRandomBytes();
        alterScram(new AlterUserScramCredentialsRequestData()
                .setUpsertions(List.of(new ScramCredentialUpsertion()
                        .setName("carol")
                        .setMechanism((byte) (mechanism.ordinal() + 1))
                        .setIterations(ITERATIONS)
                        .setSalt(salt)
                        .setSaltedPassword(new ScramFormatter(mechanism).saltedPassword("s3cret", salt, ITERATIONS)))));

        assertThat(Clients.ask(right)).isNull();
        assertThat(Clients.ask(scram(mechanism, "wrong"))).isInstanceOf(SaslAuthenticationException.class);

        alterScram(new AlterUserScramCredentialsRequestData()
                .setDeletions(
                        List.of(new ScramCredentialDeletion().setName("carol").setMechanism((byte)
                                (mechanism.ordinal() + 1)))));
        assertThat(Clients.ask(right)).isInstanceOf(SaslAuthenticationException.class);
    }

    private static Map<String, Object> scram(ScramMechanism mechanism, String password) {
        return Clients.sasl(
                broker.bootstrapServers("SCRAM"),
                "SASL_PLAINTEXT",
                mechanism.mechanismName(),
                Clients.scram("carol", password));
    }

    private static void alterScram(AlterUserScramCredentialsRequestData change) throws Exception {
        Metadata metadata = broker.part(Metadata.class);
        var answer = metadata.controller()
                .alterUserScramCredentials(metadata.ownContext(), change)
                .get(10, TimeUnit.SECONDS);
        assertThat(answer.results()).allSatisfy(r -> assertThat(r.errorCode()).isZero());
    }

    @Test
    void oauthbearerLetsInATokenOfTheRightScopeOnly() {
        Map<String, Object> config = Clients.sasl(
                broker.bootstrapServers("OAUTH"),
                "SASL_PLAINTEXT",
                "OAUTHBEARER",
                OAUTH + " unsecuredLoginStringClaim_sub=\"alice\" unsecuredLoginStringClaim_scope=\"kafka\";");
        assertThat(Clients.ask(config)).isNull();
        config.put("sasl.jaas.config", OAUTH + " unsecuredLoginStringClaim_sub=\"alice\";");
        assertThat(Clients.ask(config)).isInstanceOf(SaslAuthenticationException.class);
    }

    @Test
    void mutualTlsLetsInTheTrustedCertificateAndNamesItsOwner() {
        Map<String, Object> device = tls("TLS", "device");
        assertThat(Clients.ask(device)).isNull();
        assertThat(Clients.write(device, "orders")).isInstanceOf(TopicAuthorizationException.class);
        allow("User:device", ResourceType.TOPIC, "orders", PatternType.LITERAL, AclOperation.WRITE);
        assertThat(Clients.write(device, "orders")).isNull();

        assertThat(Clients.ask(tls("TLS", "stranger"))).isInstanceOf(SslAuthenticationException.class);
        assertThat(Clients.ask(tls("TLS", ""))).isInstanceOf(SslAuthenticationException.class);
    }

    @Test
    void tlsWithSaslAsksForAPasswordButNotForACertificate() {
        Map<String, Object> config = tls("BOTH", "");
        config.put("security.protocol", "SASL_SSL");
        config.put("sasl.mechanism", "PLAIN");
        config.put("sasl.jaas.config", Clients.plain("alice", "alice-secret"));
        assertThat(Clients.ask(config)).isNull();
        config.put("sasl.jaas.config", Clients.plain("alice", "wrong"));
        assertThat(Clients.ask(config)).isInstanceOf(SaslAuthenticationException.class);
    }

    private static Map<String, Object> tls(String listener, String key) {
        Map<String, Object> config = Clients.to(
                broker.bootstrapServers(listener),
                Map.of(
                        "security.protocol", "SSL",
                        "ssl.truststore.type", "PEM",
                        "ssl.truststore.location", keys.file("server.crt")));
        if (!key.isEmpty()) {
            config.put("ssl.keystore.type", "PEM");
            config.put("ssl.keystore.location", keys.file(key + ".pem"));
        }
        return config;
    }

    @Test
    void whoIsNotAllowedToIsDeniedUntilAnAclSaysOtherwise() {
        Map<String, Object> alice = plain("alice", "alice-secret");
        Map<String, Object> bob = plain("bob", "bob-secret");
        assertThat(Clients.write(alice, "orders-eu")).isInstanceOf(TopicAuthorizationException.class);

        allow("User:alice", ResourceType.TOPIC, "orders-", PatternType.PREFIXED, AclOperation.WRITE);
        assertThat(Clients.write(alice, "orders-eu")).isNull();
        assertThat(Clients.write(alice, "open")).isInstanceOf(TopicAuthorizationException.class);
        assertThat(Clients.write(bob, "orders-eu")).isInstanceOf(TopicAuthorizationException.class);
        assertThat(Clients.write(plain("admin", "admin-secret"), "orders-eu")).isNull();

        acl(
                "User:alice",
                ResourceType.TOPIC,
                "orders-eu",
                PatternType.LITERAL,
                AclOperation.WRITE,
                AclPermissionType.DENY);
        assertThat(Clients.write(alice, "orders-eu")).isInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    void onlyWhoMayCreateTopicsCreatesThem() {
        try (Admin bob = Admin.create(plain("bob", "bob-secret"))) {
            NewTopic topic = new NewTopic("bobs", 1, (short) 1);
            assertThat(Clients.failure(
                            () -> bob.createTopics(List.of(topic)).all().get(10, TimeUnit.SECONDS)))
                    .isInstanceOfAny(TopicAuthorizationException.class, ClusterAuthorizationException.class);
        }
    }

    private static void allow(
            String principal, ResourceType type, String name, PatternType pattern, AclOperation operation) {
        acl(principal, type, name, pattern, operation, AclPermissionType.ALLOW);
    }

    private static void acl(
            String principal,
            ResourceType type,
            String name,
            PatternType pattern,
            AclOperation operation,
            AclPermissionType permission) {
        Metadata metadata = broker.part(Metadata.class);
        AclBinding binding = new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry(principal, "*", operation, permission));
        assertThat(metadata.controller().createAcls(metadata.ownContext(), List.of(binding)))
                .succeedsWithin(java.time.Duration.ofSeconds(10));
        assertThat(authorization().authorizer().acls(AclBindingFilter.ANY)).contains(binding);
    }

    private static Authorization authorization() {
        return broker.part(Authorization.class);
    }
}
