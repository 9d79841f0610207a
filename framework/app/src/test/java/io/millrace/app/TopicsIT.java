package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerConfig;
import io.millrace.broker.BrokerLite;
import io.millrace.foundation.error.ProblemException;
import io.millrace.pipeline.plan.TopicPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final String TOPIC = "cleaned.shop.clicks";

    private BrokerLite broker;

    @BeforeEach
    void start(@TempDir Path data) {
        broker = BrokerLite.start(BrokerConfig.in(data));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void aTopicThatExistsGetsTheSettingsThatThePipelineHasNow() throws Exception {
        Topics.ensure(broker.bootstrapServers(), List.of(topic(3, Map.of("retention.ms", "1000"))));
        Topics.ensure(
                broker.bootstrapServers(),
                List.of(topic(3, Map.of("retention.ms", "2000", "max.message.bytes", "16777216"))));

        awaitSetting("retention.ms", "2000");
        awaitSetting("max.message.bytes", "16777216");
        assertThatThrownBy(() -> Topics.ensure(broker.bootstrapServers(), List.of(topic(4, Map.of()))))
                .isInstanceOf(ProblemException.class)
                .hasMessage(TOPIC + " [run.topic-partitions] The topic has 3 partitions, the pipeline says 4. Write"
                        + " 'partitions: 3' under defaults.topic, or begin with an empty data folder: a key keeps its"
                        + " order only while the number stays.");
    }

    private static TopicPlan topic(int partitions, Map<String, String> config) {
        return new TopicPlan(TOPIC, partitions, (short) 1, config);
    }

    /** The controller has the change when it answers; the broker, which is asked here, a moment later. */
    private void awaitSetting(String name, String value) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!setting(name).equals(value) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        assertThat(setting(name)).as(name).isEqualTo(value);
    }

    private String setting(String name) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
            return config.get(name).value();
        }
    }
}
