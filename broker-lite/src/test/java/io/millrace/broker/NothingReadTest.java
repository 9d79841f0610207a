package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.requests.FetchRequest;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NothingReadTest {
    private static final short BEFORE_TOPIC_IDS = 12;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"light", "kafka"})
    void whereNothingWasEverWrittenNoTransactionWasAbortedEither(String engine) throws Exception {
        try (Brokers.Running broker = Brokers.start(folder, engine);
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                RawClient client = new RawClient(broker.bootstrapServers())) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            // Kafka answers the creation before the topic has a leader
            admin.listOffsets(
                            Map.of(new TopicPartition("orders", 0), org.apache.kafka.clients.admin.OffsetSpec.latest()))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            assertThat(fetch(client, IsolationLevel.READ_COMMITTED).abortedTransactions())
                    .isNotNull()
                    .isEmpty();
            assertThat(fetch(client, IsolationLevel.READ_UNCOMMITTED).abortedTransactions())
                    .isNull();
        }
    }

    private static FetchResponseData.PartitionData fetch(RawClient client, IsolationLevel isolation) throws Exception {
        var wanted = new FetchRequest.PartitionData(Uuid.ZERO_UUID, 0, 0, 1_000, Optional.empty());
        FetchResponseData answer = (FetchResponseData) client.ask(FetchRequest.Builder.forConsumer(
                        BEFORE_TOPIC_IDS, 0, 0, Map.of(new TopicPartition("orders", 0), wanted))
                .isolationLevel(isolation)
                .build(BEFORE_TOPIC_IDS));
        return answer.responses().get(0).partitions().get(0);
    }
}
