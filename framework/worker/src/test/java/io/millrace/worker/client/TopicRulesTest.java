package io.millrace.worker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TopicRulesTest {
    private static final int OF_THE_BROKER = -1;

    private static final Map<String, String> GROUPS = Map.of(
            "topic.creation.groups", "logs, small",
            "topic.creation.logs.include", "log-.*, .*\\.log",
            "topic.creation.logs.exclude", "log-audit",
            "topic.creation.logs.partitions", "6",
            "topic.creation.logs.retention.ms", "1000",
            "topic.creation.small.include", "log-.*",
            "topic.creation.small.replication.factor", "1",
            "topic.creation.default.partitions", "2",
            "topic.creation.default.replication.factor", "3",
            "topic.creation.default.cleanup.policy", "compact");

    @Test
    void theFirstGroupThatIncludesATopicMakesIt() {
        NewTopic topic = TopicRules.from(GROUPS).topic("log-web");

        assertThat(topic.numPartitions()).isEqualTo(6);
        assertThat(topic.configs()).isEqualTo(Map.of("retention.ms", "1000"));
        assertThat(TopicRules.from(GROUPS).topic("web.log").numPartitions()).isEqualTo(6);
    }

    @Test
    void aTopicThatAGroupExcludesGoesToTheNext() {
        NewTopic topic = TopicRules.from(GROUPS).topic("log-audit");

        assertThat(topic.replicationFactor()).isEqualTo((short) 1);
        assertThat(topic.numPartitions()).as("of the group default").isEqualTo(2);
        assertThat(topic.configs()).isEmpty();
    }

    @Test
    void whatNoGroupTakesIsMadeAsTheDefaultSays() {
        NewTopic topic = TopicRules.from(GROUPS).topic("orders");

        assertThat(topic.numPartitions()).isEqualTo(2);
        assertThat(topic.replicationFactor()).isEqualTo((short) 3);
        assertThat(topic.configs()).isEqualTo(Map.of("cleanup.policy", "compact"));
    }

    @Test
    void withoutSettingsTheBrokerDecides() {
        NewTopic topic = TopicRules.from(Map.of("topic.creation.default.partitions", "-1"))
                .topic("orders");

        assertThat(topic.numPartitions()).isEqualTo(OF_THE_BROKER);
        assertThat(topic.replicationFactor()).isEqualTo((short) OF_THE_BROKER);
    }

    @Test
    void saysAtOnceWhatCannotBeRead() {
        Map<String, String> noPattern = Map.of("topic.creation.groups", "a", "topic.creation.a.include", "[");
        Map<String, String> noNumber = Map.of("topic.creation.groups", "a", "topic.creation.a.partitions", "many");

        assertThatThrownBy(() -> TopicRules.from(noPattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[");
        assertThatThrownBy(() -> TopicRules.from(noNumber))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("many");
    }
}
