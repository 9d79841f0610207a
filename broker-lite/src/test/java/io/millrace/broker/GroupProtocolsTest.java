package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.StreamsGroupDescribeRequest;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatRequest;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupProtocolsTest {
    private static final List<AbstractRequest> CONSUMERS = List.of(
            new ConsumerGroupHeartbeatRequest.Builder(new ConsumerGroupHeartbeatRequestData()
                            .setGroupId("group")
                            .setMemberId("member")
                            .setRebalanceTimeoutMs(1_000)
                            .setSubscribedTopicNames(List.of("topic"))
                            .setTopicPartitions(List.of()))
                    .build(),
            new ConsumerGroupDescribeRequest.Builder(
                            new ConsumerGroupDescribeRequestData().setGroupIds(List.of("group")))
                    .build());

    private static final List<AbstractRequest> STREAMS = List.of(
            new StreamsGroupHeartbeatRequest.Builder(new StreamsGroupHeartbeatRequestData()
                            .setGroupId("application")
                            .setMemberId("member"))
                    .build(),
            new StreamsGroupDescribeRequest.Builder(
                            new StreamsGroupDescribeRequestData().setGroupIds(List.of("application")))
                    .build());

    @ParameterizedTest
    @ValueSource(strings = {"kafka", "light"})
    void protocolsThatAreNotNamedAreNotServed(String engine, @TempDir Path folder) throws Exception {
        Map<String, String> classicOnly = Map.of("group.coordinator.rebalance.protocols", "classic");
        try (Brokers.Running broker = Brokers.start(folder, engine, classicOnly);
                RawClient client = new RawClient(broker.bootstrapServers())) {
            for (AbstractRequest request : CONSUMERS) {
                refuses(client, request);
            }
            for (AbstractRequest request : STREAMS) {
                refuses(client, request);
            }
        }
    }

    private static void refuses(RawClient client, AbstractRequest request) throws Exception {
        assertThat(client.send(request).errorCounts())
                .as("%s", request.apiKey())
                .isEqualTo(Map.of(Errors.UNSUPPORTED_VERSION, 1));
    }
}
