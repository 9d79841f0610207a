package io.millrace.broker.differential;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/** Requests no client of good manners sends, at every version: faults above all. */
class WireDifferentialTest extends DifferentialContract {
    private static final long TIMESTAMP = 1_700_000_000_000L;

    @Test
    void produce() throws Exception {
        bothAnswerAlike(scene -> {
            warmUp(scene);
            scene.topic("wire", 1);
            byte[] value = "v".getBytes(StandardCharsets.UTF_8);
            SimpleRecord record = new SimpleRecord(TIMESTAMP, value);
            Map<String, MemoryRecords> payloads = new TreeMap<>(Map.of(
                    "plain",
                    MemoryRecords.withRecords(Compression.NONE, record),
                    "old-1",
                    MemoryRecords.withRecords((byte) 1, Compression.NONE, record),
                    "empty",
                    MemoryRecords.EMPTY,
                    "zstd",
                    MemoryRecords.withRecords(Compression.zstd().build(), record, record),
                    "sequence-gap",
                    MemoryRecords.withIdempotentRecords(Compression.NONE, 900, (short) 0, 5, record),
                    "idempotent",
                    MemoryRecords.withIdempotentRecords(Compression.NONE, 901, (short) 0, 0, record),
                    "transactional",
                    MemoryRecords.withTransactionalRecords(Compression.NONE, 902, (short) 0, 0, record)));
            payloads.put("corrupt", corrupt(record));
            payloads.put("truncated", truncated(record));
            for (Map.Entry<String, MemoryRecords> payload : payloads.entrySet()) {
                for (short acks : new short[] {-1, 1, 7}) {
                    every(
                            scene,
                            ApiKeys.PRODUCE,
                            payload.getKey() + " acks " + acks,
                            version -> version < 13 ? produce("wire", 0, payload.getValue(), acks, null) : null);
                }
            }
            MemoryRecords plain = payloads.get("plain");
            every(
                    scene,
                    ApiKeys.PRODUCE,
                    "unknown partition",
                    v -> v < 13 ? produce("wire", 5, plain, -1, null) : null);
            every(
                    scene,
                    ApiKeys.PRODUCE,
                    "negative partition",
                    v -> v < 13 ? produce("wire", -5, plain, -1, null) : null);
            every(scene, ApiKeys.PRODUCE, "unknown topic", v -> v < 13 ? produce("nothing", 0, plain, -1, null) : null);
            every(scene, ApiKeys.PRODUCE, "illegal topic", v -> v < 13 ? produce("a b", 0, plain, -1, null) : null);
            every(
                    scene,
                    ApiKeys.PRODUCE,
                    "internal",
                    v -> v < 13 ? produce("__transaction_state", 0, plain, -1, null) : null);
            every(
                    scene,
                    ApiKeys.PRODUCE,
                    "transactional id",
                    v -> v < 13 ? produce("wire", 0, payloads.get("transactional"), -1, "t") : null);
            every(scene, ApiKeys.PRODUCE, "unknown topic id", v -> v >= 13 ? produceById(plain) : null);
            scene.say("records", scene.records("wire", 0, "read_uncommitted"));
        });
    }

    @Test
    void fetch() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("wire-fetch", 1);
            scene.topic("wire-fetched", 1);
            try (KafkaProducer<String, String> producer = scene.producer(Map.of())) {
                producer.send(Scene.record("wire-fetched", 0, TIMESTAMP, "v")).get();
            }
            for (int session : new int[] {0, 77}) {
                for (int epoch : new int[] {-1, 0, 5}) {
                    for (long offset : new long[] {0, -1, 99}) {
                        for (String topic : List.of("wire-fetch", "wire-fetched", "nothing")) {
                            String what = session + " " + epoch + " " + offset + " " + topic;
                            every(
                                    scene,
                                    ApiKeys.FETCH,
                                    what,
                                    version -> version < 13 ? fetch(topic, offset, session, epoch, version) : null);
                        }
                    }
                }
            }
            every(scene, ApiKeys.FETCH, "unknown id", v -> v < 13 ? null : fetchById(v));
        });
    }

    @Test
    void offsetsByTime() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("wire-list", 1);
            scene.topic("wire-written", 1);
            try (KafkaProducer<String, String> producer = scene.producer(Map.of())) {
                producer.send(Scene.record("wire-written", 0, TIMESTAMP, "v")).get();
            }
            for (long timestamp : new long[] {-1, -2, -3, -4, -5, -6, 0, TIMESTAMP}) {
                for (String topic : List.of("wire-list", "wire-written", "nothing", "a b")) {
                    every(
                            scene,
                            ApiKeys.LIST_OFFSETS,
                            topic + " " + timestamp,
                            version -> list(topic, 0, timestamp, -1, version));
                }
                every(
                        scene,
                        ApiKeys.LIST_OFFSETS,
                        "partition 3 " + timestamp,
                        v -> list("wire-list", 3, timestamp, -1, v));
                every(scene, ApiKeys.LIST_OFFSETS, "epoch 9 " + timestamp, v -> list("wire-list", 0, timestamp, 9, v));
            }
        });
    }

    @Test
    void groups() throws Exception {
        bothAnswerAlike(scene -> {
            for (String group : List.of("nobodys", "")) {
                for (String member : List.of("", "stranger")) {
                    every(scene, ApiKeys.HEARTBEAT, group + "/" + member, v -> new HeartbeatRequestData()
                            .setGroupId(group)
                            .setMemberId(member)
                            .setGenerationId(3));
                    every(scene, ApiKeys.SYNC_GROUP, group + "/" + member, v -> new SyncGroupRequestData()
                            .setGroupId(group)
                            .setMemberId(member)
                            .setGenerationId(3));
                    every(
                            scene,
                            ApiKeys.LEAVE_GROUP,
                            group + "/" + member,
                            v -> v < 3
                                    ? new LeaveGroupRequestData()
                                            .setGroupId(group)
                                            .setMemberId(member)
                                    : new LeaveGroupRequestData()
                                            .setGroupId(group)
                                            .setMembers(List.of(
                                                    new LeaveGroupRequestData.MemberIdentity().setMemberId(member))));
                    every(
                            scene,
                            ApiKeys.JOIN_GROUP,
                            group + "/" + member,
                            v -> member.isEmpty() && !group.isEmpty()
                                    ? null
                                    : new JoinGroupRequestData()
                                            .setGroupId(group)
                                            .setMemberId(member)
                                            .setSessionTimeoutMs(6_000)
                                            .setRebalanceTimeoutMs(6_000)
                                            .setProtocolType("consumer"));
                    every(
                            scene,
                            ApiKeys.OFFSET_COMMIT,
                            group + "/" + member,
                            v -> v > 9 ? null : commit(group, member, 3));
                    every(
                            scene,
                            ApiKeys.OFFSET_COMMIT,
                            "simple " + group + "/" + member,
                            v -> v > 9 ? null : commit(group, member, -1));
                    every(
                            scene,
                            ApiKeys.TXN_OFFSET_COMMIT,
                            group + "/" + member,
                            v -> transactionalCommit(group, member, v));
                    every(
                            scene,
                            ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                            group + "/" + member,
                            v -> new ConsumerGroupHeartbeatRequestData()
                                    .setGroupId(group)
                                    .setMemberId(member)
                                    .setMemberEpoch(4));
                }
                every(scene, ApiKeys.JOIN_GROUP, group + " short session", v -> new JoinGroupRequestData()
                        .setGroupId(group)
                        .setSessionTimeoutMs(1)
                        .setRebalanceTimeoutMs(6_000)
                        .setProtocolType("consumer"));
                every(scene, ApiKeys.JOIN_GROUP, group + " no protocols", v -> new JoinGroupRequestData()
                        .setGroupId(group)
                        .setSessionTimeoutMs(6_000)
                        .setRebalanceTimeoutMs(6_000)
                        .setProtocolType(""));
                every(
                        scene,
                        ApiKeys.OFFSET_FETCH,
                        group,
                        v -> v >= 8
                                ? null
                                : new OffsetFetchRequestData()
                                        .setGroupId(group)
                                        .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopic()
                                                .setName("nothing")
                                                .setPartitionIndexes(List.of(0)))));
                every(
                        scene,
                        ApiKeys.OFFSET_FETCH,
                        group,
                        v -> v < 8 || v > 9
                                ? null
                                : new OffsetFetchRequestData()
                                        .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                                .setGroupId(group)
                                                .setTopics(null))));
            }
        });
    }

    @Test
    void coordinatorsAndTransactions() throws Exception {
        bothAnswerAlike(scene -> {
            warmUp(scene);
            for (byte type : new byte[] {0, 1, 2, 9}) {
                for (String name : List.of("some", "")) {
                    every(
                            scene,
                            ApiKeys.FIND_COORDINATOR,
                            type + " " + name,
                            v -> v < 4
                                    ? (v == 0 && type != 0
                                            ? null
                                            : new FindCoordinatorRequestData()
                                                    .setKeyType(type)
                                                    .setKey(name))
                                    : new FindCoordinatorRequestData()
                                            .setKeyType(type)
                                            .setCoordinatorKeys(List.of(name)));
                }
            }
            every(scene, ApiKeys.INIT_PRODUCER_ID, "empty id", v -> new InitProducerIdRequestData()
                    .setTransactionalId("")
                    .setTransactionTimeoutMs(1_000));
            every(scene, ApiKeys.INIT_PRODUCER_ID, "timeout 0", v -> new InitProducerIdRequestData()
                    .setTransactionalId("zero")
                    .setTransactionTimeoutMs(0));
            every(scene, ApiKeys.INIT_PRODUCER_ID, "timeout huge", v -> new InitProducerIdRequestData()
                    .setTransactionalId("huge")
                    .setTransactionTimeoutMs(Integer.MAX_VALUE));
            every(
                    scene,
                    ApiKeys.INIT_PRODUCER_ID,
                    "wrong id",
                    v -> v < 3
                            ? null
                            : new InitProducerIdRequestData()
                                    .setTransactionalId("wrong")
                                    .setTransactionTimeoutMs(1_000)
                                    .setProducerId(77_777)
                                    .setProducerEpoch((short) 3));
            every(
                    scene,
                    ApiKeys.INIT_PRODUCER_ID,
                    "half id",
                    v -> v < 3
                            ? null
                            : new InitProducerIdRequestData()
                                    .setTransactionalId("half")
                                    .setTransactionTimeoutMs(1_000)
                                    .setProducerId(77_777));
            for (String id : List.of("unknown", "")) {
                every(scene, ApiKeys.END_TXN, id, v -> new EndTxnRequestData()
                        .setTransactionalId(id)
                        .setProducerId(5)
                        .setProducerEpoch((short) 1)
                        .setCommitted(true));
                every(scene, ApiKeys.ADD_OFFSETS_TO_TXN, id, v -> new AddOffsetsToTxnRequestData()
                        .setTransactionalId(id)
                        .setProducerId(5)
                        .setProducerEpoch((short) 1)
                        .setGroupId("g"));
                every(
                        scene,
                        ApiKeys.ADD_PARTITIONS_TO_TXN,
                        id,
                        v -> v > 3
                                ? null
                                : new AddPartitionsToTxnRequestData()
                                        .setV3AndBelowTransactionalId(id)
                                        .setV3AndBelowProducerId(5)
                                        .setV3AndBelowProducerEpoch((short) 1)
                                        .setV3AndBelowTopics(
                                                new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection(
                                                        List.of(
                                                                        new AddPartitionsToTxnRequestData
                                                                                        .AddPartitionsToTxnTopic()
                                                                                .setName("nothing")
                                                                                .setPartitions(List.of(0, 1)))
                                                                .iterator())));
            }
        });
    }

    @Test
    void topics() throws Exception {
        bothAnswerAlike(scene -> {
            scene.topic("wire-topics", 2);
            for (String name : List.of("wire-topics", "a b", "", "..", "x".repeat(300), "__consumer_offsets")) {
                every(
                        scene,
                        ApiKeys.METADATA,
                        name,
                        v -> v >= 4
                                ? new MetadataRequestData()
                                        .setAllowAutoTopicCreation(false)
                                        .setTopics(
                                                List.of(new MetadataRequestData.MetadataRequestTopic().setName(name)))
                                : null);
                every(scene, ApiKeys.CREATE_TOPICS, name, v -> create(v, topic(name, 1, 1)));
            }
            every(
                    scene,
                    ApiKeys.METADATA,
                    "unknown",
                    v -> v >= 4
                            ? new MetadataRequestData()
                                    .setAllowAutoTopicCreation(false)
                                    .setTopics(
                                            List.of(new MetadataRequestData.MetadataRequestTopic().setName("nothing")))
                            : null);
            every(
                    scene,
                    ApiKeys.METADATA,
                    "unknown id",
                    v -> v >= 12
                            ? new MetadataRequestData()
                                    .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic()
                                            .setName(null)
                                            .setTopicId(new Uuid(5, 6))))
                            : null);
            every(scene, ApiKeys.METADATA, "none", v -> v >= 1 ? new MetadataRequestData().setTopics(List.of()) : null);
            every(scene, ApiKeys.CREATE_TOPICS, "none", v -> create(v));
            every(scene, ApiKeys.CREATE_TOPICS, "partitions 0", v -> create(v, topic("p0", 0, 1)));
            every(scene, ApiKeys.CREATE_TOPICS, "partitions -2", v -> create(v, topic("p2", -2, 1)));
            every(scene, ApiKeys.CREATE_TOPICS, "replicas 3", v -> create(v, topic("r3", 1, 3)));
            every(scene, ApiKeys.CREATE_TOPICS, "replicas 0", v -> create(v, topic("r0", 1, 0)));
            every(scene, ApiKeys.CREATE_TOPICS, "collision", v -> create(v, topic("wire.topics", 1, 1)));
            for (String[] config : new String[][] {
                {"retention.ms", "much"},
                {"no.such", "1"},
                {"cleanup.policy", "never"},
                {"segment.bytes", "-1"},
                {"min.insync.replicas", "0"},
                {"remote.storage.enable", "true"},
                {"retention.ms", null}
            }) {
                CreateTopicsRequestData.CreatableTopic topic = topic("configured", 1, 1);
                topic.configs()
                        .add(new CreateTopicsRequestData.CreatableTopicConfig()
                                .setName(config[0])
                                .setValue(config[1]));
                every(scene, ApiKeys.CREATE_TOPICS, String.join("=", config), v -> create(v, topic.duplicate()));
            }
            CreateTopicsRequestData.CreatableTopic assigned = topic("assigned", -1, -1);
            assigned.assignments()
                    .add(new CreateTopicsRequestData.CreatableReplicaAssignment()
                            .setPartitionIndex(0)
                            .setBrokerIds(List.of(5)));
            every(scene, ApiKeys.CREATE_TOPICS, "unknown broker", v -> create(v, assigned.duplicate()));
            CreateTopicsRequestData.CreatableTopic both = assigned.duplicate().setNumPartitions(2);
            every(scene, ApiKeys.CREATE_TOPICS, "assignment and count", v -> create(v, both.duplicate()));
        });
    }

    /** Kafka answers before its coordinators are there. */
    private static void warmUp(Scene scene) {
        try (KafkaProducer<String, String> producer = scene.producer(Map.of("transactional.id", "first"));
                KafkaConsumer<String, String> consumer = scene.consumer(Map.of("group.id", "first"))) {
            producer.initTransactions();
            consumer.committed(Set.of(new TopicPartition("any", 0)));
        }
    }

    interface Request {
        /** Null if there is none at this version. */
        ApiMessage at(short version);
    }

    private static void every(Scene scene, ApiKeys key, String what, Request request) throws IOException {
        for (short version : key.allVersions()) {
            ApiMessage data = request.at(version);
            if (data == null) {
                continue;
            }
            try (Wire wire = new Wire(scene.bootstrapServers())) {
                scene.say(key + " v" + version + " " + what, told(wire.say(key, version, data)));
            } catch (UnsupportedVersionException e) {
                continue;
            }
        }
    }

    /** Free of what is each broker's own. */
    private static String told(String answer) {
        return answer.replaceAll("port=\\d+", "port=P")
                .replaceAll(
                        "(clusterId|memberId|producerId|[tT]opicId|logAppendTimeMs|sessionId)=('[^']+'|[\\w-]+)",
                        "$1=*")
                .replaceAll("baseOffset=\\d+", "baseOffset=N");
    }

    private static MemoryRecords corrupt(SimpleRecord record) {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, record);
        ByteBuffer buffer = records.buffer().duplicate();
        buffer.put(buffer.limit() - 2, (byte) (buffer.get(buffer.limit() - 2) + 1));
        return MemoryRecords.readableRecords(buffer);
    }

    private static MemoryRecords truncated(SimpleRecord record) {
        ByteBuffer buffer =
                MemoryRecords.withRecords(Compression.NONE, record).buffer().duplicate();
        buffer.limit(buffer.limit() - 3);
        return MemoryRecords.readableRecords(buffer);
    }

    private static ProduceRequestData produce(String topic, int partition, MemoryRecords records, int acks, String id) {
        ProduceRequestData.TopicProduceData data = new ProduceRequestData.TopicProduceData().setName(topic);
        data.partitionData()
                .add(new ProduceRequestData.PartitionProduceData()
                        .setIndex(partition)
                        .setRecords(records));
        return request(data, acks).setTransactionalId(id);
    }

    private static ProduceRequestData produceById(MemoryRecords records) {
        ProduceRequestData.TopicProduceData data = new ProduceRequestData.TopicProduceData().setTopicId(new Uuid(5, 6));
        data.partitionData()
                .add(new ProduceRequestData.PartitionProduceData().setIndex(0).setRecords(records));
        return request(data, -1);
    }

    private static ProduceRequestData request(ProduceRequestData.TopicProduceData data, int acks) {
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) acks).setTimeoutMs(5_000);
        request.topicData().add(data);
        return request;
    }

    private static FetchRequestData fetch(String topic, long offset, int session, int epoch, short version) {
        return fetch(
                new FetchRequestData.FetchTopic().setTopic(topic),
                offset,
                version >= 7 ? session : 0,
                version >= 7 ? epoch : -1);
    }

    private static FetchRequestData fetchById(short version) {
        return fetch(new FetchRequestData.FetchTopic().setTopicId(new Uuid(5, 6)), 0, 0, version >= 7 ? 0 : -1);
    }

    private static FetchRequestData fetch(FetchRequestData.FetchTopic topic, long offset, int session, int epoch) {
        topic.partitions()
                .add(new FetchRequestData.FetchPartition()
                        .setPartition(0)
                        .setFetchOffset(offset)
                        .setPartitionMaxBytes(1_000));
        return new FetchRequestData()
                .setMaxWaitMs(1)
                .setMinBytes(0)
                .setSessionId(session)
                .setSessionEpoch(epoch)
                .setTopics(List.of(topic));
    }

    private static ListOffsetsRequestData list(String topic, int partition, long timestamp, int epoch, short version) {
        return new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                .setPartitionIndex(partition)
                                .setTimestamp(timestamp)
                                .setCurrentLeaderEpoch(version >= 4 ? epoch : -1)))));
    }

    private static OffsetCommitRequestData commit(String group, String member, int generation) {
        return new OffsetCommitRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setGenerationIdOrMemberEpoch(generation)
                .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                        .setName("nothing")
                        .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(1)))));
    }

    private static TxnOffsetCommitRequestData transactionalCommit(String group, String member, short version) {
        return new TxnOffsetCommitRequestData()
                .setTransactionalId("unknown")
                .setGroupId(group)
                .setProducerId(5)
                .setProducerEpoch((short) 1)
                .setMemberId(version >= 3 ? member : "")
                .setGenerationId(version >= 3 ? 3 : -1)
                .setTopics(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic()
                        .setName("nothing")
                        .setPartitions(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(1)))));
    }

    private static CreateTopicsRequestData.CreatableTopic topic(String name, int partitions, int replicas) {
        return new CreateTopicsRequestData.CreatableTopic()
                .setName(name)
                .setNumPartitions(partitions)
                .setReplicationFactor((short) replicas);
    }

    private static CreateTopicsRequestData create(short version, CreateTopicsRequestData.CreatableTopic... topics) {
        CreateTopicsRequestData request =
                new CreateTopicsRequestData().setTimeoutMs(5_000).setValidateOnly(version >= 1);
        for (CreateTopicsRequestData.CreatableTopic topic : topics) {
            request.topics().add(topic.duplicate());
        }
        return request;
    }
}
