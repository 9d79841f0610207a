package io.millrace.broker.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListStreamsGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** What must not be left when all applications have stopped: open transactions, and input that is not marked as processed. */
final class Leftovers {
    private final Admin admin;

    Leftovers(Admin admin) {
        this.admin = admin;
    }

    /** The ends of all partitions. */
    Map<TopicPartition, Long> check() throws Exception {
        assertThat(get(admin.listTransactions(new ListTransactionsOptions()
                                .filterStates(List.of(
                                        TransactionState.ONGOING,
                                        TransactionState.PREPARE_COMMIT,
                                        TransactionState.PREPARE_ABORT)))
                        .all()))
                .as("open transactions")
                .isEmpty();
        List<TopicPartition> partitions = partitions();
        Map<TopicPartition, Long> ends = ends(partitions, IsolationLevel.READ_UNCOMMITTED);
        assertThat(ends(partitions, IsolationLevel.READ_COMMITTED))
                .as("last stable offsets")
                .isEqualTo(ends);
        get(admin.describeProducers(partitions).all()).forEach((partition, state) -> assertThat(state.activeProducers())
                .as("producers of %s", partition)
                .allMatch(producer -> producer.currentTransactionStartOffset().isEmpty()));
        processed(ends);
        return ends;
    }

    private void processed(Map<TopicPartition, Long> ends) throws Exception {
        Map<TopicPartition, Long> wanted = new HashMap<>(ends);
        wanted.keySet().removeIf(partition -> !partition.topic().equals(SoakTopology.EVENTS));
        for (String protocol : SoakInstance.PROTOCOLS) {
            String group = SoakInstance.application(protocol);
            Map<TopicPartition, OffsetAndMetadata> committed = protocol.equals("streams")
                    ? get(admin.listStreamsGroupOffsets(Map.of(group, new ListStreamsGroupOffsetsSpec()))
                            .partitionsToOffsetAndMetadata(group))
                    : get(admin.listConsumerGroupOffsets(Map.of(group, new ListConsumerGroupOffsetsSpec()))
                            .partitionsToOffsetAndMetadata(group));
            Map<TopicPartition, Long> offsets = new HashMap<>();
            committed.forEach((partition, offset) -> offsets.put(partition, offset.offset()));
            offsets.keySet().retainAll(wanted.keySet());
            assertThat(offsets).as("offsets of %s", group).isEqualTo(wanted);
        }
    }

    private List<TopicPartition> partitions() throws Exception {
        return get(admin.describeTopics(get(admin.listTopics().names())).allTopicNames()).values().stream()
                .flatMap(topic -> of(topic).stream())
                .toList();
    }

    private static List<TopicPartition> of(TopicDescription topic) {
        return topic.partitions().stream()
                .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                .toList();
    }

    private Map<TopicPartition, Long> ends(List<TopicPartition> partitions, IsolationLevel level) throws Exception {
        Map<TopicPartition, OffsetSpec> specs = new HashMap<>();
        partitions.forEach(partition -> specs.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        get(admin.listOffsets(specs, new ListOffsetsOptions(level)).all())
                .forEach((partition, info) -> ends.put(partition, info.offset()));
        return ends;
    }

    private static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }
}
