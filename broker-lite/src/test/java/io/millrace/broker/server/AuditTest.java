package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
    @TempDir
    Path folder;

    /** Lines as {@code message {key=value, ...}}. */
    private static final class Lines extends AbstractAppender {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Lines() {
            super("audit", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            lines.add(event.getMessage().getFormattedMessage() + " "
                    + new java.util.TreeMap<>(event.getContextData().toMap()));
        }
    }

    @Test
    void deniedAndAdministrativeRequestsAreWrittenDownWithWhoAndWhatAndNoSecret() {
        Logger logger = (Logger) LogManager.getLogger("io.millrace.broker.audit");
        Lines audit = new Lines();
        audit.start();
        logger.addAppender(audit);
        try (LightBroker broker = LightBroker.start(folder, properties())) {
            NewTopic topic = new NewTopic("orders", 1, (short) 1).configs(Map.of("retention.ms", "123456789"));
            assertThat(create(broker, "admin", topic)).isNull();
            assertThat(create(broker, "bob", new NewTopic("bobs", 1, (short) 1)))
                    .isNotNull();
            assertThat(Clients.write(as(broker, "bob"), "orders")).isNotNull();
            administer(broker);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            logger.removeAppender(audit);
        }

        assertThat(audit.lines)
                .contains(
                        "Administrative request {address=127.0.0.1, api=CREATE_TOPICS, listener=SASL_PLAINTEXT,"
                                + " principal=User:admin, resource=[orders], result={NONE=1}}",
                        "Administrative request {address=127.0.0.1, api=CREATE_TOPICS, listener=SASL_PLAINTEXT,"
                                + " principal=User:bob, resource=[bobs], result={TOPIC_AUTHORIZATION_FAILED=1}}",
                        "Denied {address=127.0.0.1, api=METADATA, listener=SASL_PLAINTEXT, operation=DESCRIBE,"
                                + " principal=User:bob, resource=TOPIC:orders}")
                .anyMatch(line -> line.contains("api=ELECT_LEADERS") && line.contains("resource=[orders-0]"))
                .anyMatch(line ->
                        line.contains("api=ALTER_PARTITION_REASSIGNMENTS") && line.contains("resource=[orders-0]"))
                .anyMatch(line -> line.contains("api=ALTER_CLIENT_QUOTAS") && line.contains("resource=[{user=alice}]"))
                .anyMatch(line -> line.contains("api=UNREGISTER_BROKER") && line.contains("resource=[broker 99]"))
                .anyMatch(line -> line.contains("api=ALTER_REPLICA_LOG_DIRS") && line.contains("resource=[orders-0]"))
                .anyMatch(line ->
                        line.contains("api=WRITE_TXN_MARKERS") && line.contains("resource=[producer 7 [orders-0]]"))
                .noneMatch(line -> line.contains("secret") || line.contains("123456789"));
    }

    /** Each may fail: it is written down all the same. */
    private static void administer(LightBroker broker) {
        TopicPartition orders = new TopicPartition("orders", 0);
        try (Admin admin = Admin.create(as(broker, "admin"))) {
            List<Clients.Attempt> attempts = List.of(
                    () -> admin.electLeaders(ElectionType.PREFERRED, Set.of(orders))
                            .all()
                            .get(10, TimeUnit.SECONDS),
                    () -> admin.alterPartitionReassignments(
                                    Map.of(orders, Optional.of(new NewPartitionReassignment(List.of(1)))))
                            .all()
                            .get(10, TimeUnit.SECONDS),
                    () -> admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                                    new ClientQuotaEntity(Map.of("user", "alice")),
                                    List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1e9)))))
                            .all()
                            .get(10, TimeUnit.SECONDS),
                    () -> admin.unregisterBroker(99).all().get(10, TimeUnit.SECONDS),
                    () -> admin.alterReplicaLogDirs(Map.of(new TopicPartitionReplica("orders", 0, 1), "/nowhere"))
                            .all()
                            .get(10, TimeUnit.SECONDS),
                    () -> admin.abortTransaction(new AbortTransactionSpec(orders, 7, (short) 0, 0))
                            .all()
                            .get(10, TimeUnit.SECONDS));
            attempts.forEach(Clients::failure);
        }
    }

    private static Map<String, String> properties() {
        Map<String, String> p = new HashMap<>();
        p.put("listeners", "SASL_PLAINTEXT://127.0.0.1:0");
        p.put("sasl.enabled.mechanisms", "PLAIN");
        p.put(
                "listener.name.sasl_plaintext.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_admin=\"secret\""
                        + " user_bob=\"secret\";");
        p.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        p.put("super.users", "User:admin");
        return p;
    }

    private static Map<String, Object> as(LightBroker broker, String user) {
        return Clients.sasl(broker.bootstrapServers(), "SASL_PLAINTEXT", "PLAIN", Clients.plain(user, "secret"));
    }

    private static Throwable create(LightBroker broker, String user, NewTopic topic) {
        try (Admin admin = Admin.create(as(broker, user))) {
            return Clients.failure(
                    () -> admin.createTopics(List.of(topic)).all().get(10, TimeUnit.SECONDS));
        }
    }
}
