package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
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
                .noneMatch(line -> line.contains("secret") || line.contains("123456789"));
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
