package io.millrace.broker.differential;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an administrator sees of groups with members, and what becomes of members that are late. */
class GroupDifferentialTest extends DifferentialContract {
    private static final short HEARTBEAT = 1;
    private static final short CLASSIC = 4;
    /** Long enough for what is to be in time on a busy machine. */
    private static final int SESSION_MILLIS = 3_000;

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void groupsAreListedAndDescribedAsTheyComeAndGo(String protocol) throws Exception {
        bothAnswerAlike(scene -> {
            String group = "listed-" + protocol;
            scene.topic(group, 2);
            try (Admin admin = scene.admin();
                    KafkaConsumer<String, String> member = member(scene, group, protocol)) {
                list(scene, admin, group, "before");
                member.subscribe(List.of(group));
                assigned(scene, member, 2);
                list(scene, admin, group, "stable");
                describe(scene, admin, group);
                member.unsubscribe();
                awaitState(admin, group, GroupState.EMPTY);
                list(scene, admin, group, "empty");
                describe(scene, admin, group);
            }
            try (Admin admin = scene.admin()) {
                scene.attempt(
                        "delete",
                        () -> get(admin.deleteConsumerGroups(List.of(group)).all()));
                list(scene, admin, group, "deleted");
            }
        });
    }

    private static void list(Scene scene, Admin admin, String group, String when) {
        scene.attempt(when, () -> listed(admin, group, new ListGroupsOptions()));
        for (GroupState state : List.of(GroupState.STABLE, GroupState.EMPTY, GroupState.DEAD)) {
            scene.attempt(
                    when + " in " + state,
                    () -> listed(admin, group, new ListGroupsOptions().inGroupStates(Set.of(state))));
        }
        for (GroupType type : List.of(GroupType.CLASSIC, GroupType.CONSUMER)) {
            scene.attempt(
                    when + " of " + type, () -> listed(admin, group, new ListGroupsOptions().withTypes(Set.of(type))));
        }
    }

    private static String listed(Admin admin, String group, ListGroupsOptions options) throws Exception {
        return get(admin.listGroups(options).all()).stream()
                .filter(each -> each.groupId().equals(group))
                .toList()
                .toString();
    }

    private static void describe(Scene scene, Admin admin, String group) {
        scene.attempt(
                "described",
                () -> get(admin.describeConsumerGroups(List.of(group)).all()));
        scene.attempt(
                "described as classic",
                () -> get(admin.describeClassicGroups(List.of(group)).all()));
    }

    private static void awaitState(Admin admin, String group, GroupState state) throws Exception {
        await(() -> get(admin.describeConsumerGroups(List.of(group)).all()).get(group), told -> told.groupState()
                .equals(state));
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void groupsWithMembersKeepWhatTheirMembersUse(String protocol) throws Exception {
        bothAnswerAlike(scene -> {
            String group = "used-" + protocol;
            scene.topic(group, 1);
            scene.topic(group + "-other", 1);
            TopicPartition used = new TopicPartition(group, 0);
            TopicPartition other = new TopicPartition(group + "-other", 0);
            try (Admin admin = scene.admin();
                    KafkaConsumer<String, String> member = member(scene, group, protocol)) {
                member.subscribe(List.of(group));
                assigned(scene, member, 1);
                Map<TopicPartition, OffsetAndMetadata> offsets =
                        Map.of(used, new OffsetAndMetadata(0), other, new OffsetAndMetadata(5));
                scene.attempt(
                        "alter",
                        () -> get(
                                admin.alterConsumerGroupOffsets(group, offsets).all()));
                member.commitSync(offsets);
                scene.attempt(
                        "delete group",
                        () -> get(admin.deleteConsumerGroups(List.of(group)).all()));
                for (TopicPartition partition : List.of(used, other)) {
                    scene.attempt(
                            "delete offset of " + partition,
                            () -> get(admin.deleteConsumerGroupOffsets(group, Set.of(partition))
                                    .partitionResult(partition)));
                }
                scene.attempt(
                        "offsets",
                        () -> new TreeMap<>(
                                get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                                        .entrySet()
                                        .stream()
                                        .collect(
                                                Collectors.toMap(e -> e.getKey().toString(), Map.Entry::getValue))));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void administratorsRemoveMembers(String protocol) throws Exception {
        bothAnswerAlike(scene -> {
            String group = "removed-" + protocol;
            scene.topic(group, 2);
            try (Admin admin = scene.admin();
                    KafkaConsumer<String, String> member = scene.consumer(
                            Map.of("group.id", group, "group.protocol", protocol, "group.instance.id", "one"))) {
                member.subscribe(List.of(group));
                assigned(scene, member, 2);
                for (String instance : List.of("two", "one")) {
                    scene.attempt(
                            "remove " + instance,
                            () -> get(admin.removeMembersFromConsumerGroup(
                                            group,
                                            new RemoveMembersFromConsumerGroupOptions(
                                                    Set.of(new MemberToRemove(instance))))
                                    .all()));
                }
                awaitState(admin, group, GroupState.EMPTY);
                describe(scene, admin, group);
            }
        });
    }

    @Test
    void aGroupsOwnConfigurationIsWhatItsMembersAreTold() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("configured", 1);
            coordinator(scene, "configured");
            try (Admin admin = scene.admin();
                    Wire wire = new Wire(scene.bootstrapServers())) {
                ConsumerGroupHeartbeatResponseData joined = join(wire, "configured", "m1");
                scene.say("before", joined.errorCode() + " " + joined.heartbeatIntervalMs());
                alter(admin, "configured", "consumer.heartbeat.interval.ms", "333");
                ConsumerGroupHeartbeatResponseData told =
                        await(() -> join(wire, "configured", "m2"), answer -> answer.heartbeatIntervalMs() == 333);
                scene.say("after", told.errorCode() + " " + told.heartbeatIntervalMs());
                for (String bad : List.of("1", "x", "")) {
                    scene.attempt("interval '" + bad + "'", () -> {
                        alter(admin, "configured", "consumer.heartbeat.interval.ms", bad);
                        return "taken";
                    });
                }
            }
        });
    }

    @Test
    void membersOfModernGroupsAreFencedAfterTheirSession() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("fenced", 2);
            coordinator(scene, "fenced");
            try (Admin admin = scene.admin();
                    Wire wire = new Wire(scene.bootstrapServers())) {
                alter(admin, "fenced", "consumer.session.timeout.ms", Integer.toString(SESSION_MILLIS));
                ConsumerGroupHeartbeatResponseData joined = join(wire, "fenced", "m1");
                scene.say("joined", joined);
                for (int epoch : new int[] {joined.memberEpoch() + 1, joined.memberEpoch() - 1}) {
                    scene.say("epoch " + (epoch - joined.memberEpoch()), beat(wire, "fenced", "m1", epoch));
                }
                awaitState(admin, "fenced", GroupState.EMPTY);
                scene.say("too late", beat(wire, "fenced", "m1", joined.memberEpoch()));
                scene.say("leave", beat(wire, "fenced", "m1", -1));
                ConsumerGroupHeartbeatResponseData again = join(wire, "fenced", "m1");
                scene.say("again", again);
                scene.say("leaves", beat(wire, "fenced", "m1", -1));
            }
        });
    }

    @Test
    void membersOfClassicGroupsAreForgottenAfterTheirSession() throws Exception {
        bothAnswerAlike(scene -> {
            coordinator(scene, "forgotten");
            try (Admin admin = scene.admin();
                    Wire wire = new Wire(scene.bootstrapServers())) {
                JoinGroupResponseData asked = joinClassic(wire, "");
                scene.say("asked for an id", Errors.forCode(asked.errorCode()));
                JoinGroupResponseData joined = joinClassic(wire, asked.memberId());
                scene.say(
                        "joined",
                        Errors.forCode(joined.errorCode()) + " " + joined.generationId() + " " + joined.protocolName()
                                + " " + joined.members().size());
                scene.say("before the assignment", beatClassic(wire, joined.memberId(), joined.generationId()));
                SyncGroupResponseData synced = (SyncGroupResponseData) wire.ask(
                        ApiKeys.SYNC_GROUP,
                        CLASSIC,
                        new SyncGroupRequestData()
                                .setGroupId("forgotten")
                                .setMemberId(joined.memberId())
                                .setGenerationId(joined.generationId())
                                .setAssignments(List.of(new SyncGroupRequestData.SyncGroupRequestAssignment()
                                        .setMemberId(joined.memberId())
                                        .setAssignment(new byte[] {1, 2, 3}))));
                scene.say("synced", Errors.forCode(synced.errorCode()) + " " + synced.assignment().length);
                scene.say("in time", beatClassic(wire, joined.memberId(), joined.generationId()));
                scene.say("of another generation", beatClassic(wire, joined.memberId(), joined.generationId() + 1));
                await(
                        () -> get(admin.describeClassicGroups(List.of("forgotten"))
                                        .all())
                                .get("forgotten"),
                        told -> told.members().isEmpty());
                scene.say("too late", beatClassic(wire, joined.memberId(), joined.generationId()));
            }
        });
    }

    private static JoinGroupResponseData joinClassic(Wire wire, String member) throws Exception {
        JoinGroupRequestData.JoinGroupRequestProtocolCollection protocols =
                new JoinGroupRequestData.JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                .setName("ours")
                .setMetadata(ByteBuffer.allocate(2).array()));
        return (JoinGroupResponseData) wire.ask(
                ApiKeys.JOIN_GROUP,
                CLASSIC,
                new JoinGroupRequestData()
                        .setGroupId("forgotten")
                        .setMemberId(member)
                        .setSessionTimeoutMs(SESSION_MILLIS)
                        .setRebalanceTimeoutMs(SESSION_MILLIS)
                        .setProtocolType("ours")
                        .setProtocols(protocols));
    }

    private static Errors beatClassic(Wire wire, String member, int generation) throws Exception {
        HeartbeatResponseData answer = (HeartbeatResponseData) wire.ask(
                ApiKeys.HEARTBEAT,
                CLASSIC,
                new HeartbeatRequestData()
                        .setGroupId("forgotten")
                        .setMemberId(member)
                        .setGenerationId(generation));
        return Errors.forCode(answer.errorCode());
    }

    private static ConsumerGroupHeartbeatResponseData join(Wire wire, String group, String member) throws Exception {
        return (ConsumerGroupHeartbeatResponseData) wire.ask(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                HEARTBEAT,
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId(group)
                        .setMemberId(member)
                        .setMemberEpoch(0)
                        .setRebalanceTimeoutMs(5_000)
                        .setSubscribedTopicNames(List.of("no-topic-of-these-tests"))
                        .setTopicPartitions(List.of()));
    }

    private static String beat(Wire wire, String group, String member, int epoch) throws Exception {
        return wire.say(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                HEARTBEAT,
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId(group)
                        .setMemberId(member)
                        .setMemberEpoch(epoch));
    }

    private static void alter(Admin admin, String group, String name, String value) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        Collection<AlterConfigOp> ops =
                List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
        get(admin.incrementalAlterConfigs(Map.of(resource, ops)).all());
    }

    /** Kafka answers before the coordinator is there. */
    private static void coordinator(Scene scene, String group) {
        try (KafkaConsumer<String, String> consumer = scene.consumer(Map.of("group.id", group))) {
            consumer.committed(Set.of(new TopicPartition("any", 0)));
        }
    }

    private static KafkaConsumer<String, String> member(Scene scene, String group, String protocol) {
        return scene.consumer(Map.of("group.id", group, "group.protocol", protocol, "client.id", group));
    }

    private static void assigned(Scene scene, KafkaConsumer<String, String> member, int count) {
        scene.pollUntil(member, new ArrayList<>(), () -> member.assignment().size() == count);
        scene.say(
                "assigned",
                new TreeSet<>(member.assignment().stream().map(String::valueOf).toList()));
    }

    private static <T> T get(KafkaFuture<T> future) throws Exception {
        return future.get(Scene.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private interface Question<T> {
        T ask() throws Exception;
    }

    private static <T> T await(Question<T> question, Predicate<T> awaited) throws Exception {
        long deadline = System.nanoTime() + Scene.PATIENCE.toNanos();
        T answer = question.ask();
        while (!awaited.test(answer)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain; the last answer is " + answer);
            }
            answer = question.ask();
        }
        return answer;
    }
}
