package io.millrace.broker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What an administrator asks about groups, with their members and without. */
final class GroupQuestions {
    private static final TopicPartition FIRST = new TopicPartition("orders", 0);
    private static final TopicPartition SECOND = new TopicPartition("orders", 1);
    private static final TopicPartition NOWHERE = new TopicPartition("nowhere", 0);

    private final String bootstrap;
    private final Admin admin;
    private final Transcript transcript;

    GroupQuestions(String bootstrap, Admin admin, Transcript transcript) {
        this.bootstrap = bootstrap;
        this.admin = admin;
        this.transcript = transcript;
    }

    void groups() {
        try (KafkaConsumer<String, String> classic = consumer("readers", "classic");
                KafkaConsumer<String, String> modern = consumer("modern", "consumer")) {
            describe("live");
        }
        describe("left");
        transcript.askEach(
                "offsets",
                Map.of("readers", admin.listConsumerGroupOffsets("readers").partitionsToOffsetAndMetadata()));
        transcript.ask(
                "set offsets",
                () -> Transcript.get(admin.alterConsumerGroupOffsets(
                                "readers", Map.of(FIRST, new OffsetAndMetadata(3), SECOND, new OffsetAndMetadata(1)))
                        .all()));
        transcript.ask(
                "set offsets badly",
                () -> Transcript.get(
                        admin.alterConsumerGroupOffsets("readers", Map.of(NOWHERE, new OffsetAndMetadata(3)))
                                .partitionResult(NOWHERE)));
        transcript.ask(
                "delete offsets",
                () -> Transcript.get(admin.deleteConsumerGroupOffsets("readers", Set.of(SECOND))
                        .partitionResult(SECOND)));
        transcript.ask(
                "delete offsets of nobody",
                () -> Transcript.get(admin.deleteConsumerGroupOffsets("nobody", Set.of(SECOND))
                        .partitionResult(SECOND)));
        transcript.ask(
                "remove members",
                () -> Transcript.get(
                        admin.removeMembersFromConsumerGroup("readers", new RemoveMembersFromConsumerGroupOptions())
                                .all()));
        transcript.askEach(
                "delete groups",
                admin.deleteConsumerGroups(List.of("readers", "nobody")).deletedGroups());
        transcript.askEach(
                "describe streams",
                admin.describeStreamsGroups(List.of("nobody", "modern")).describedGroups());
        transcript.askEach(
                "delete streams", admin.deleteStreamsGroups(List.of("nobody")).deletedGroups());
    }

    private void describe(String when) {
        transcript.ask("groups " + when, () -> Transcript.get(admin.listGroups().all()).stream()
                .map(GroupListing::toString)
                .sorted()
                .toList());
        transcript.askEach(
                "describe groups " + when,
                admin.describeConsumerGroups(List.of("readers", "modern", "nobody"))
                        .describedGroups());
        transcript.askEach(
                "describe classic groups " + when,
                admin.describeClassicGroups(List.of("readers", "modern", "nobody"))
                        .describedGroups());
        if (when.equals("live")) {
            transcript.askEach(
                    "delete groups " + when,
                    admin.deleteConsumerGroups(List.of("readers")).deletedGroups());
        }
    }

    private KafkaConsumer<String, String> consumer(String group, String protocol) {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "group.id",
                        group,
                        "client.id",
                        group,
                        "group.protocol",
                        protocol,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        "false"),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.subscribe(List.of("orders"));
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (consumer.assignment().size() < 4 && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(50));
        }
        consumer.commitSync(Map.of(FIRST, new OffsetAndMetadata(2), SECOND, new OffsetAndMetadata(0)));
        return consumer;
    }
}
