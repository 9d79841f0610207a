package io.millrace.broker;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.SaslAuthenticateRequest;
import org.apache.kafka.common.requests.SaslHandshakeRequest;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatRequest;

/** Requests that the Admin client does not send, or not so. */
final class RawRequests {
    private static final byte TOPIC = ConfigResource.Type.TOPIC.id();
    private static final byte BROKER = ConfigResource.Type.BROKER.id();
    private static final byte LOGGER = ConfigResource.Type.BROKER_LOGGER.id();
    private static final byte NOTHING = 77;

    private RawRequests() {}

    record Question(String text, AbstractRequest request) {}

    static List<Question> all() {
        return List.of(
                ask("a whole configuration", legacy(TOPIC, "orders", "retention.ms", "5000")),
                ask("a wrong whole configuration", legacy(TOPIC, "orders", "retention.ms", "soon")),
                ask("a whole configuration of the broker", legacy(BROKER, "1", "node.id", "7")),
                ask("a whole configuration of another broker", legacy(BROKER, "7", "log.segment.bytes", "9")),
                ask("a whole configuration of loggers", legacy(LOGGER, "1", "root", "INFO")),
                ask("a whole configuration of nothing", legacy(NOTHING, "1", "root", "INFO")),
                ask("a change of another broker", change(BROKER, "7", "log.segment.bytes", "9", (byte) 0)),
                ask("a change of a strange broker", change(BROKER, "x", "log.segment.bytes", "9", (byte) 0)),
                ask("a change of other loggers", change(LOGGER, "7", "root", "INFO", (byte) 0)),
                ask("a change of strange loggers", change(LOGGER, "x", "root", "INFO", (byte) 0)),
                ask("a change of nothing", change(NOTHING, "1", "root", "INFO", (byte) 0)),
                ask("a strange change", change(BROKER, "1", "log.segment.bytes", "9", (byte) 9)),
                ask("a strange change of loggers", change(LOGGER, "1", "root", "INFO", (byte) 9)),
                ask("a change to null", change(TOPIC, "orders", "retention.ms", null, (byte) 0)),
                ask("configurations", configs()),
                ask("a configuration of nothing", config(NOTHING, "1")),
                ask("controllers", cluster((byte) 2)),
                ask("nothing of the cluster", cluster((byte) 9)),
                ask("a quorum of a topic", quorum()),
                ask("topics twice", topicsTwice()),
                ask("partitions twice", partitionsTwice()),
                ask("a deletion of a name and an id", deletion("a", new Uuid(1, 2))),
                ask("a deletion of nothing", deletion(null, Uuid.ZERO_UUID)),
                ask("a page from a wrong place", page("nowhere", 0)),
                ask("a page from a negative place", page("orders", -1)),
                ask("a page", page("orders", 1)),
                ask("ends of epochs", epochs()),
                ask("producers", producers()),
                ask(
                        "a handshake",
                        new SaslHandshakeRequest.Builder(new SaslHandshakeRequestData().setMechanism("PLAIN")).build()),
                ask(
                        "an authentication",
                        new SaslAuthenticateRequest.Builder(
                                        new SaslAuthenticateRequestData().setAuthBytes(new byte[] {1}))
                                .build()),
                ask("a Streams application on internal topics", streams("__consumer_offsets")),
                ask("a Streams application on a strange topic", streams("not a name")),
                ask("a Streams application", streams("defaults")));
    }

    private static Question ask(String text, AbstractRequest request) {
        return new Question(text, request);
    }

    private static AbstractRequest legacy(byte type, String name, String key, String value) {
        var config = new AlterConfigsRequestData.AlterableConfig().setName(key).setValue(value);
        var resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(type)
                .setResourceName(name);
        resource.configs().add(config);
        AlterConfigsRequestData data = new AlterConfigsRequestData();
        data.resources().add(resource);
        return new AlterConfigsRequest(data, ApiKeys.ALTER_CONFIGS.latestVersion());
    }

    private static AbstractRequest change(byte type, String name, String key, String value, byte operation) {
        var resource = new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(type)
                .setResourceName(name);
        resource.configs()
                .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                        .setName(key)
                        .setValue(value)
                        .setConfigOperation(operation));
        IncrementalAlterConfigsRequestData data = new IncrementalAlterConfigsRequestData();
        data.resources().add(resource);
        return new IncrementalAlterConfigsRequest.Builder(data).build();
    }

    private static AbstractRequest configs() {
        DescribeConfigsRequestData data = new DescribeConfigsRequestData();
        for (byte type : new byte[] {BROKER, LOGGER}) {
            for (String name : List.of("7", "x")) {
                data.resources()
                        .add(new DescribeConfigsResource().setResourceType(type).setResourceName(name));
            }
        }
        data.resources()
                .add(new DescribeConfigsResource()
                        .setResourceType(TOPIC)
                        .setResourceName("orders")
                        .setConfigurationKeys(List.of("retention.ms", "none")));
        return new DescribeConfigsRequest.Builder(data).build();
    }

    private static AbstractRequest config(byte type, String name) {
        return new DescribeConfigsRequest.Builder(new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsResource()
                                .setResourceType(type)
                                .setResourceName(name))))
                .build();
    }

    private static AbstractRequest cluster(byte endpoints) {
        return new DescribeClusterRequest.Builder(new DescribeClusterRequestData().setEndpointType(endpoints)).build();
    }

    private static AbstractRequest quorum() {
        return new DescribeQuorumRequest.Builder(new DescribeQuorumRequestData()
                        .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                                .setTopicName("orders")
                                .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData())))))
                .build();
    }

    private static AbstractRequest topicsTwice() {
        CreateTopicsRequestData data = new CreateTopicsRequestData();
        for (int i = 0; i < 2; i++) {
            data.topics()
                    .mustAdd(new CreatableTopic()
                            .setName("twice")
                            .setNumPartitions(1 + i)
                            .setReplicationFactor((short) 1));
        }
        return new CreateTopicsRequest.Builder(data).build();
    }

    private static AbstractRequest partitionsTwice() {
        CreatePartitionsRequestData data = new CreatePartitionsRequestData();
        for (int i = 0; i < 2; i++) {
            data.topics()
                    .mustAdd(new CreatePartitionsRequestData.CreatePartitionsTopic()
                            .setName("defaults")
                            .setAssignments(null)
                            .setCount(5 + i));
        }
        return new CreatePartitionsRequest.Builder(data).build();
    }

    private static AbstractRequest deletion(String name, Uuid id) {
        return new DeleteTopicsRequest.Builder(new DeleteTopicsRequestData()
                        .setTopics(List.of(new DeleteTopicsRequestData.DeleteTopicState()
                                .setName(name)
                                .setTopicId(id))))
                .build();
    }

    private static AbstractRequest page(String topic, int partition) {
        return new DescribeTopicPartitionsRequest.Builder(new DescribeTopicPartitionsRequestData()
                        .setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName("orders")))
                        .setResponsePartitionLimit(1)
                        .setCursor(new DescribeTopicPartitionsRequestData.Cursor()
                                .setTopicName(topic)
                                .setPartitionIndex(partition)))
                .build();
    }

    private static AbstractRequest epochs() {
        var orders = new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic().setTopic("orders");
        int[][] wishes = {{0, -1, 0}, {0, -1, 9}, {0, 99, 0}, {9, -1, 0}, {3, -1, 0}};
        for (int[] wish : wishes) {
            orders.partitions()
                    .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                            .setPartition(wish[0])
                            .setCurrentLeaderEpoch(wish[1])
                            .setLeaderEpoch(wish[2]));
        }
        OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection topics =
                new OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection();
        topics.add(orders);
        return OffsetsForLeaderEpochRequest.Builder.forConsumer(topics).build();
    }

    private static AbstractRequest producers() {
        return new DescribeProducersRequest.Builder(new DescribeProducersRequestData()
                        .setTopics(List.of(
                                new DescribeProducersRequestData.TopicRequest()
                                        .setName("orders")
                                        .setPartitionIndexes(List.of(3, 9)),
                                new DescribeProducersRequestData.TopicRequest()
                                        .setName("nowhere")
                                        .setPartitionIndexes(List.of(0)),
                                new DescribeProducersRequestData.TopicRequest()
                                        .setName("not a name")
                                        .setPartitionIndexes(List.of(0)))))
                .build();
    }

    private static AbstractRequest streams(String source) {
        var part = new StreamsGroupHeartbeatRequestData.Subtopology()
                .setSubtopologyId("0")
                .setSourceTopics(List.of(source))
                .setStateChangelogTopics(List.of(new StreamsGroupHeartbeatRequestData.TopicInfo()
                        .setName("counts-changelog")
                        .setTopicConfigs(List.of(new StreamsGroupHeartbeatRequestData.KeyValue()
                                .setKey("cleanup.policy")
                                .setValue("compact")))));
        return new StreamsGroupHeartbeatRequest.Builder(new StreamsGroupHeartbeatRequestData()
                        .setGroupId("application-" + source.length())
                        .setMemberId("member")
                        .setMemberEpoch(0)
                        .setRebalanceTimeoutMs(1000)
                        .setProcessId("process")
                        .setActiveTasks(List.of())
                        .setStandbyTasks(List.of())
                        .setWarmupTasks(List.of())
                        .setTopology(new StreamsGroupHeartbeatRequestData.Topology()
                                .setEpoch(0)
                                .setSubtopologies(List.of(part))))
                .build();
    }
}
