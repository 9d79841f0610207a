package io.millrace.broker.differential;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** A member of a streams group that only sends heartbeats and tells their answers; its group has one subtopology of one source and one changelog. */
final class StreamsMember implements AutoCloseable {
    private static final String ID = "member";

    private final Wire wire;
    private final String group;
    private int epoch;

    StreamsMember(String bootstrapServers, String group) throws IOException {
        this.wire = new Wire(bootstrapServers);
        this.group = group;
    }

    /** Joins, once the group has a coordinator; the first question for it creates its topic. */
    String join(String source, String changelog, int replicas) throws Exception {
        StreamsScene.await("a coordinator", () -> group, this::hasCoordinator);
        StreamsGroupHeartbeatRequestData joining = request(0)
                .setRebalanceTimeoutMs(1_000)
                .setProcessId("process")
                .setActiveTasks(List.of())
                .setStandbyTasks(List.of())
                .setWarmupTasks(List.of())
                .setTopology(new StreamsGroupHeartbeatRequestData.Topology()
                        .setEpoch(0)
                        .setSubtopologies(List.of(new StreamsGroupHeartbeatRequestData.Subtopology()
                                .setSubtopologyId("0")
                                .setSourceTopics(List.of(source))
                                .setStateChangelogTopics(List.of(new StreamsGroupHeartbeatRequestData.TopicInfo()
                                        .setName(changelog)
                                        .setReplicationFactor((short) replicas))))));
        String[] answer = {""};
        StreamsScene.await("membership", () -> answer[0], () -> {
            answer[0] = ask(joining);
            return epoch > 0;
        });
        return answer[0];
    }

    private boolean hasCoordinator() throws IOException {
        var answer = (FindCoordinatorResponseData) wire.ask(
                ApiKeys.FIND_COORDINATOR,
                ApiKeys.FIND_COORDINATOR.latestVersion(),
                new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group)));
        return answer.coordinators().get(0).errorCode() == Errors.NONE.code();
    }

    /** Stays, until an answer contains this. */
    String heartbeatUntil(String wanted) throws Exception {
        String[] answer = {""};
        StreamsScene.await("an answer with '" + wanted + "'", () -> answer[0], () -> {
            answer[0] = ask(request(epoch));
            return answer[0].contains(wanted);
        });
        return answer[0];
    }

    private StreamsGroupHeartbeatRequestData request(int memberEpoch) {
        return new StreamsGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(ID)
                .setMemberEpoch(memberEpoch);
    }

    /** The answer without what depends on when it was asked: epochs. */
    private String ask(StreamsGroupHeartbeatRequestData request) throws IOException {
        var answer = (StreamsGroupHeartbeatResponseData)
                wire.ask(ApiKeys.STREAMS_GROUP_HEARTBEAT, ApiKeys.STREAMS_GROUP_HEARTBEAT.latestVersion(), request);
        if (answer.errorCode() == Errors.NONE.code()) {
            epoch = answer.memberEpoch();
        }
        return answer.setMemberEpoch(0).setEndpointInformationEpoch(0).toString();
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
