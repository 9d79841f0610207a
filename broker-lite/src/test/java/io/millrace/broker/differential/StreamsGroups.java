package io.millrace.broker.differential;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ClassicGroupDescription;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListStreamsGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupMemberAssignment.TaskIds;
import org.apache.kafka.clients.admin.StreamsGroupMemberDescription;
import org.apache.kafka.clients.admin.StreamsGroupSubtopologyDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** What an administrator sees and does of an application's group and topics, without what chance decides: ids, epochs, who got which task. */
final class StreamsGroups implements AutoCloseable {
    private final Admin admin;
    private final String application;
    private final boolean streams;

    /** @param protocol of the group: {@code classic} or {@code streams} */
    StreamsGroups(Scene scene, String application, String protocol) {
        this.admin = scene.admin();
        this.application = application;
        this.streams = protocol.equals("streams");
    }

    private static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private Set<String> internals() throws Exception {
        Set<String> names = new HashSet<>(get(admin.listTopics().names()));
        names.removeIf(name -> !name.startsWith(application + "-"));
        return names;
    }

    /** The topics that the application made for itself, with their whole configurations. */
    Map<String, String> internalTopics() throws Exception {
        Map<String, TopicDescription> topics =
                get(admin.describeTopics(internals()).allTopicNames());
        Map<String, String> told = new TreeMap<>();
        get(admin.describeConfigs(topics.keySet().stream()
                                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                                .toList())
                        .all())
                .forEach((topic, config) -> told.put(
                        topic.name(),
                        topics.get(topic.name()).partitions().size() + " partitions of "
                                + topics.get(topic.name())
                                        .partitions()
                                        .get(0)
                                        .replicas()
                                        .size()
                                + config.entries().stream()
                                        .map(StreamsGroups::text)
                                        .sorted()
                                        .toList()));
        return told;
    }

    private static String text(ConfigEntry entry) {
        return entry.name() + "=" + entry.value() + " " + entry.source();
    }

    /** How many committed and uncommitted records and markers the changelogs have, where no chance is in it. */
    Map<String, Long> changelogEnds() throws Exception {
        Map<TopicPartition, OffsetSpec> specs = partitions(name -> name.endsWith("-changelog")).stream()
                .collect(Collectors.toMap(Function.identity(), p -> OffsetSpec.latest()));
        Map<String, Long> ends = new TreeMap<>();
        get(admin.listOffsets(specs).all()).forEach((partition, end) -> ends.put(partition.toString(), end.offset()));
        return ends;
    }

    private Set<TopicPartition> partitions(java.util.function.Predicate<String> wanted) throws Exception {
        Set<String> names = internals();
        names.removeIf(wanted.negate());
        return get(admin.describeTopics(names).allTopicNames()).values().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toSet());
    }

    /** The group as its protocol describes it; fails as the broker does if it is of the other. */
    String describe() throws Exception {
        return streams
                ? text(get(admin.describeStreamsGroups(List.of(application))
                        .describedGroups()
                        .get(application)))
                : text(get(admin.describeClassicGroups(List.of(application))
                        .describedGroups()
                        .get(application)));
    }

    /** The group as the other protocol's administrator sees it. */
    String describeWrongly() throws Exception {
        return streams
                ? get(admin.describeClassicGroups(List.of(application))
                                .describedGroups()
                                .get(application))
                        .toString()
                : get(admin.describeStreamsGroups(List.of(application))
                                .describedGroups()
                                .get(application))
                        .toString();
    }

    private static String text(StreamsGroupDescription group) {
        return group.groupId() + " " + group.groupState() + " topology " + group.topologyEpoch() + " "
                + group.subtopologies().stream()
                        .map(StreamsGroups::text)
                        .sorted()
                        .toList()
                + group.members().stream().map(StreamsGroups::text).sorted().toList();
    }

    private static String text(StreamsGroupSubtopologyDescription part) {
        return part.subtopologyId() + " from "
                + part.sourceTopics().stream().sorted().toList() + " "
                + new TreeMap<>(part.repartitionSourceTopics()) + " to "
                + part.repartitionSinkTopics().stream().sorted().toList() + " keeps "
                + new TreeMap<>(part.stateChangelogTopics());
    }

    private static String text(StreamsGroupMemberDescription member) {
        return member.clientId().replaceAll("[0-9a-f-]{36}", "ID") + " on " + member.clientHost() + " topology "
                + member.topologyEpoch() + " tags " + member.clientTags() + " classic " + member.isClassic()
                + " instance " + member.instanceId() + " rack " + member.rackId() + " endpoint "
                + member.userEndpoint() + " tasks " + tasks(member.assignment().activeTasks()) + "+"
                + tasks(member.assignment().standbyTasks()) + "+"
                + tasks(member.assignment().warmupTasks()) + " of "
                + tasks(member.targetAssignment().activeTasks());
    }

    private static int tasks(Collection<TaskIds> tasks) {
        return tasks.stream().mapToInt(each -> each.partitions().size()).sum();
    }

    private static String text(ClassicGroupDescription group) {
        return group.groupId() + " " + group.protocol() + " " + group.protocolData() + " " + group.state() + " simple "
                + group.isSimpleConsumerGroup()
                + group.members().stream()
                        .map(member -> member.clientId().replaceAll("[0-9a-f-]{36}", "ID") + " on " + member.host()
                                + " instance " + member.groupInstanceId() + " partitions "
                                + member.assignment().topicPartitions().size())
                        .sorted()
                        .toList();
    }

    /** How the group is listed; empty if it is not. */
    List<String> listed() throws Exception {
        return get(admin.listGroups().all()).stream()
                .filter(group -> group.groupId().equals(application))
                .map(GroupListing::toString)
                .toList();
    }

    /** What is committed of the topics with this prefix, with the stream times that Streams keeps beside it. */
    Map<String, String> offsets(String prefix) throws Exception {
        Map<String, String> told = new TreeMap<>();
        committed().forEach((partition, offset) -> {
            if (partition.topic().startsWith(prefix)) {
                // not the leader's epoch: Kafka's node fences itself when the machine is slow
                told.put(partition.toString(), offset.offset() + " " + offset.metadata());
            }
        });
        return told;
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
        return streams
                ? get(admin.listStreamsGroupOffsets(Map.of(application, new ListStreamsGroupOffsetsSpec()))
                        .partitionsToOffsetAndMetadata(application))
                : get(admin.listConsumerGroupOffsets(Map.of(application, new ListConsumerGroupOffsetsSpec()))
                        .partitionsToOffsetAndMetadata(application));
    }

    /** How soon the coordinator misses a member, where that is the group's and not the member's to say. */
    void sessions(int millis) throws Exception {
        if (streams) {
            get(admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.GROUP, application),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("streams.session.timeout.ms", String.valueOf(millis)),
                                    AlterConfigOp.OpType.SET))))
                    .all());
        }
    }

    String deleteOffsets() throws Exception {
        Set<TopicPartition> partitions = committed().keySet();
        get(
                streams
                        ? admin.deleteStreamsGroupOffsets(application, partitions)
                                .all()
                        : admin.deleteConsumerGroupOffsets(application, partitions)
                                .all());
        return "deleted";
    }

    String deleteInternalTopics() throws Exception {
        Set<String> names = internals();
        get(admin.deleteTopics(names).all());
        // Kafka's broker hears of it after the controller has answered, and its coordinator then deletes their offsets
        StreamsScene.await("deletion", () -> names, this::noneIsLeft);
        return "deleted " + names.stream().sorted().toList();
    }

    private boolean noneIsLeft() throws Exception {
        return internals().isEmpty()
                && committed().keySet().stream()
                        .noneMatch(partition -> partition.topic().startsWith(application + "-"));
    }

    String deleteGroup() throws Exception {
        get(
                streams
                        ? admin.deleteStreamsGroups(List.of(application)).all()
                        : admin.deleteConsumerGroups(List.of(application)).all());
        return "deleted";
    }

    @Override
    public void close() {
        admin.close();
    }
}
