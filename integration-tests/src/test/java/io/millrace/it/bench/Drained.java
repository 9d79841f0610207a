package io.millrace.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.harness.Await;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Tells when consumer groups have read and committed all there is. */
final class Drained {
    private static final long MARKS = 100;

    private final Admin admin;

    Drained(Admin admin) {
        this.admin = admin;
    }

    /** Waits until each group has committed the end of each partition that it reads. */
    void await(Collection<String> groups, Duration timeout) throws Exception {
        Await.until(timeout, () -> assertThat(lags(groups))
                .as("records not yet committed")
                .allSatisfy((group, lag) -> assertThat(lag).as(group).isZero()));
    }

    /** Waits until a topic has so many positions. */
    void awaitAtLeast(String topic, long positions, Duration timeout) throws Exception {
        Await.until(timeout, () -> assertThat(ends(Set.of(topic)))
                .as("positions of %s", topic)
                .isGreaterThanOrEqualTo(positions));
    }

    private Map<String, Long> lags(Collection<String> groups) throws Exception {
        Map<String, Long> lags = new LinkedHashMap<>();
        for (String group : groups) {
            Map<TopicPartition, Long> committed =
                    admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                            .collect(Collectors.toMap(
                                    Map.Entry::getKey, entry -> entry.getValue().offset()));
            Map<TopicPartition, OffsetSpec> latest = committed.keySet().stream()
                    .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
            long lag = 0;
            for (Map.Entry<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> end :
                    admin.listOffsets(latest).all().get().entrySet()) {
                lag += end.getValue().offset() - committed.get(end.getKey());
            }
            lags.put(group, committed.isEmpty() ? Long.MAX_VALUE : lag);
        }
        return lags;
    }

    /** How many offsets the topics hold: their records, and the marks of transactions. */
    long ends(Set<String> topics) throws Exception {
        Map<TopicPartition, OffsetSpec> latest = admin.describeTopics(topics).allTopicNames().get().values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        return admin.listOffsets(latest).all().get().values().stream()
                .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                .sum();
    }
}
