package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerLite;
import io.millrace.foundation.error.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How somebody gets into a new broker that lets in nobody without a SCRAM credential. */
class FirstCredentialsTest {
    private static final String SECRET = "first-s3cret";

    @TempDir
    Path folder;

    private BrokerLite serve(String mechanism, String password) throws Exception {
        Files.writeString(folder.resolve("secrets"), "admin=" + password + "\n");
        String user = "millrace.broker." + mechanism.toLowerCase(java.util.Locale.ROOT) + ".user.admin";
        Path file = Files.writeString(folder.resolve("server.properties"), """
                listeners=SASL_PLAINTEXT://127.0.0.1:0
                log.dirs=%s
                sasl.enabled.mechanisms=%s
                listener.name.sasl_plaintext.%s.sasl.jaas.config=%s
                config.providers=file
                config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
                %s=${file:%s:admin}
                """.formatted(
                        folder.resolve("data"),
                        mechanism,
                        mechanism.toLowerCase(java.util.Locale.ROOT),
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;",
                        user,
                        folder.resolve("secrets")));
        return BrokerLite.serve(Optional.of(file), Map.of());
    }

    private static Map<String, Object> client(BrokerLite broker, String mechanism, String password) {
        return Clients.sasl(broker.bootstrapServers(), "SASL_PLAINTEXT", mechanism, Clients.scram("admin", password));
    }

    /** All that anybody logs. */
    private static final class Lines extends AbstractAppender {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Lines() {
            super("all", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            lines.add(event.getMessage().getFormattedMessage() + event.getContextData());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-512"})
    void aUserOfThePropertiesLogsInToANewBrokerAndThePasswordIsToldNowhere(String mechanism) throws Exception {
        Logger root = (Logger) LogManager.getRootLogger();
        Lines log = new Lines();
        log.start();
        root.addAppender(log);
        try (BrokerLite broker = serve(mechanism, SECRET)) {
            assertThat(Clients.ask(client(broker, mechanism, SECRET))).isNull();
            assertThat(Clients.ask(client(broker, mechanism, "wrong"))).isInstanceOf(SaslAuthenticationException.class);
            try (Admin admin = Admin.create(client(broker, mechanism, SECRET))) {
                ConfigResource self = new ConfigResource(ConfigResource.Type.BROKER, "1");
                assertThat(admin.describeConfigs(List.of(self))
                                .all()
                                .get(10, TimeUnit.SECONDS)
                                .toString())
                        .contains("millrace.broker.")
                        .doesNotContain(SECRET);
            }
        } finally {
            root.removeAppender(log);
        }
        assertThat(log.lines).isNotEmpty().noneMatch(line -> line.contains(SECRET));
    }

    @Test
    void aPasswordThatIsThereStays() throws Exception {
        try (BrokerLite broker = serve("SCRAM-SHA-512", SECRET)) {
            assertThat(Clients.ask(client(broker, "SCRAM-SHA-512", SECRET))).isNull();
        }
        try (BrokerLite broker = serve("SCRAM-SHA-512", "another")) {
            assertThat(Clients.ask(client(broker, "SCRAM-SHA-512", SECRET))).isNull();
            assertThat(Clients.ask(client(broker, "SCRAM-SHA-512", "another")))
                    .isInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void anEmptyPasswordIsRefusedAndNothingIsLeftRunning() {
        assertThatThrownBy(() -> serve("SCRAM-SHA-256", ""))
                .isInstanceOf(ProblemException.class)
                .hasMessage("millrace.broker.scram-sha-256.user.admin [broker.scram-user] The credential of"
                        + " 'millrace.broker.scram-sha-256.user.admin' cannot be made: it is empty. Give the user a"
                        + " password, as millrace.broker.scram-sha-256.user.admin=${env:PASSWORD} with"
                        + " config.providers=env.");
    }

    @Test
    void thePropertyIsKnownAndAMistypedOneIsNot() {
        Map<String, String> set = new HashMap<>();
        set.put("millrace.broker.scram-sha-256.user.admin", SECRET);
        assertThat(ServerProperties.read(Optional.empty(), set, Map.of()).warnings())
                .isEmpty();
        set.put("millrace.broker.scram-sha-1.user.admin", SECRET);
        assertThat(ServerProperties.read(Optional.empty(), set, Map.of()).warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning.text()).doesNotContain(SECRET));
    }
}
