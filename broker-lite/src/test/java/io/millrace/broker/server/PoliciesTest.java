package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.server.policy.AlterConfigPolicy;
import org.apache.kafka.server.policy.CreateTopicPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoliciesTest {
    @TempDir
    Path folder;

    public static final class FewPartitions implements CreateTopicPolicy {
        static final AtomicInteger CLOSED = new AtomicInteger();
        private int most;

        @Override
        public void configure(Map<String, ?> properties) {
            most = Integer.parseInt(String.valueOf(properties.get("few.partitions")));
        }

        @Override
        public void validate(RequestMetadata request) {
            if (request.numPartitions() != null && request.numPartitions() > most) {
                throw new PolicyViolationException(request.topic() + " has more than " + most + " partitions");
            }
        }

        @Override
        public void close() {
            CLOSED.incrementAndGet();
        }
    }

    public static final class NoRetention implements AlterConfigPolicy {
        @Override
        public void configure(Map<String, ?> properties) {}

        @Override
        public void validate(RequestMetadata request) {
            if (request.configs().containsKey("retention.ms")) {
                throw new PolicyViolationException("the retention is not for you to change");
            }
        }

        @Override
        public void close() {}
    }

    private static Map<String, String> properties(String key, Class<?> policy) {
        Map<String, String> p = new HashMap<>();
        p.put("listeners", "PLAINTEXT://127.0.0.1:0");
        p.put("few.partitions", "3");
        p.put(key, policy.getName());
        return p;
    }

    @Test
    void aPolicyForbidsTopicsAndIsClosedWithTheBroker() throws Exception {
        int closed = FewPartitions.CLOSED.get();
        try (LightBroker broker =
                        LightBroker.start(folder, properties("create.topic.policy.class.name", FewPartitions.class));
                Admin admin = Admin.create(Clients.to(broker.bootstrapServers(), Map.of()))) {
            assertThat(Clients.failure(() -> create(admin, "many", 4)))
                    .isInstanceOf(PolicyViolationException.class)
                    .hasMessage("many has more than 3 partitions");
            assertThat(Clients.failure(() -> create(admin, "few", 3))).isNull();
        }
        assertThat(FewPartitions.CLOSED.get()).isEqualTo(closed + 1);
    }

    @Test
    void aPolicyForbidsChangesOfConfigurations() throws Exception {
        try (LightBroker broker =
                        LightBroker.start(folder, properties("alter.config.policy.class.name", NoRetention.class));
                Admin admin = Admin.create(Clients.to(broker.bootstrapServers(), Map.of()))) {
            create(admin, "orders", 1);
            assertThat(Clients.failure(() -> set(admin, "retention.ms")))
                    .isInstanceOf(PolicyViolationException.class)
                    .hasMessage("the retention is not for you to change");
            assertThat(Clients.failure(() -> set(admin, "segment.ms"))).isNull();
        }
    }

    @Test
    void aClassThatIsNoPolicyIsNamed() {
        Map<String, String> p = properties("create.topic.policy.class.name", NoRetention.class);
        assertThat(Clients.failure(() -> LightBroker.start(folder, p)))
                .hasMessageStartingWith("create.topic.policy.class.name [broker.policy] The policy '"
                        + NoRetention.class.getName() + "' cannot be used: ")
                .hasMessageEndingWith("It must implement " + CreateTopicPolicy.class.getName()
                        + " and take the broker's properties.");
    }

    private static void create(Admin admin, String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get(10, TimeUnit.SECONDS);
    }

    private static void set(Admin admin, String key) throws Exception {
        ConfigResource orders = new ConfigResource(ConfigResource.Type.TOPIC, "orders");
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry(key, "3600000"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(orders, List.of(change))).all().get(10, TimeUnit.SECONDS);
    }
}
