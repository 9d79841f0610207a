package io.millrace.broker.differential;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractResponse;

/**
 * A request of each API that has to do with rights, about the topic {@code t}, the group {@code g}, the transactional id {@code x}, or what is not
 * there. None changes anything that another one is about.
 */
final class AccessQuestions {
    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    private static final byte TOPIC_CONFIG = 2;
    private static final byte BROKER_CONFIG = 4;
    private static final byte GROUP_CONFIG = 32;
    private static final long STRANGE_PRODUCER = 99_999;

    static final Map<String, Question> ALL = new LinkedHashMap<>();
    /** What an administrator is answered when the broker has got ready. */
    static final List<String> READY = List.of(
            "FIND_COORDINATOR of a group",
            "FIND_COORDINATOR of a transaction",
            "LIST_OFFSETS",
            "OFFSET_FETCH",
            "INIT_PRODUCER_ID of a transaction");

    private AccessQuestions() {}

    record Question(ApiKeys key, int version, Supplier<ApiMessage> data) {
        private AbstractResponse answer(Wire wire) throws IOException {
            return wire.response(key, (short) version, data.get());
        }

        String errors(Wire wire) throws IOException {
            Map<String, Integer> errors = new TreeMap<>();
            answer(wire).errorCounts().forEach((error, count) -> errors.put(error.name(), count));
            return errors.toString();
        }

        String text(Wire wire) throws IOException {
            return answer(wire).data().toString();
        }
    }

    private static void ask(String name, ApiKeys key, int version, Supplier<ApiMessage> data) {
        ALL.put(name, new Question(key, version, data));
    }

    static {
        records();
        groups();
        transactions();
        topics();
        configs();
        cluster();
    }

    private static ApiMessage produce(String transactionalId, MemoryRecords records) {
        ProduceRequestData data = new ProduceRequestData()
                .setTransactionalId(transactionalId)
                .setAcks((short) -1)
                .setTimeoutMs(1000);
        data.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName("t")
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(0)
                                .setRecords(records))));
        return data;
    }

    private static void records() {
        SimpleRecord record = new SimpleRecord("v".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        ask("PRODUCE", ApiKeys.PRODUCE, 12, () -> produce(null, MemoryRecords.withRecords(Compression.NONE, record)));
        ask(
                "PRODUCE in a transaction",
                ApiKeys.PRODUCE,
                12,
                () -> produce(
                        "x",
                        MemoryRecords.withTransactionalRecords(
                                Compression.NONE, STRANGE_PRODUCER, (short) 0, 0, record)));
        ask("FETCH", ApiKeys.FETCH, 12, () -> new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(0)
                .setMaxBytes(1000)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic("t")
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(0)
                                .setPartitionMaxBytes(1000))))));
        ask("LIST_OFFSETS", ApiKeys.LIST_OFFSETS, 8, () -> new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName("t")
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                .setPartitionIndex(0)
                                .setTimestamp(-2))))));
        ask("OFFSET_FOR_LEADER_EPOCH", ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, () -> {
            OffsetForLeaderEpochRequestData data = new OffsetForLeaderEpochRequestData().setReplicaId(-2);
            data.topics()
                    .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                            .setTopic("t")
                            .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                                    .setPartition(0)
                                    .setCurrentLeaderEpoch(-1)
                                    .setLeaderEpoch(0))));
            return data;
        });
        ask("DELETE_RECORDS", ApiKeys.DELETE_RECORDS, 2, () -> new DeleteRecordsRequestData()
                .setTimeoutMs(1000)
                .setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic()
                        .setName("t")
                        .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()
                                .setPartitionIndex(0)
                                .setOffset(0))))));
        ask("DESCRIBE_PRODUCERS", ApiKeys.DESCRIBE_PRODUCERS, 0, () -> new DescribeProducersRequestData()
                .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                        .setName("t")
                        .setPartitionIndexes(List.of(0)))));
    }

    private static void groups() {
        ask("FIND_COORDINATOR of a group", ApiKeys.FIND_COORDINATOR, 4, () -> new FindCoordinatorRequestData()
                .setKeyType(GROUP)
                .setCoordinatorKeys(List.of("g")));
        ask("OFFSET_COMMIT", ApiKeys.OFFSET_COMMIT, 9, () -> new OffsetCommitRequestData()
                .setGroupId("g")
                .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                        .setName("t")
                        .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(1))))));
        ask("OFFSET_FETCH", ApiKeys.OFFSET_FETCH, 9, () -> new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                        .setGroupId("g")
                        .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopics()
                                .setName("t")
                                .setPartitionIndexes(List.of(0)))))));
        ask("OFFSET_DELETE", ApiKeys.OFFSET_DELETE, 0, () -> {
            OffsetDeleteRequestData data = new OffsetDeleteRequestData().setGroupId("missing");
            data.topics()
                    .add(new OffsetDeleteRequestData.OffsetDeleteRequestTopic()
                            .setName("t")
                            .setPartitions(List.of(
                                    new OffsetDeleteRequestData.OffsetDeleteRequestPartition().setPartitionIndex(0))));
            return data;
        });
        ask("JOIN_GROUP", ApiKeys.JOIN_GROUP, 9, () -> {
            JoinGroupRequestData data = new JoinGroupRequestData()
                    .setGroupId("joined")
                    .setProtocolType("consumer")
                    .setSessionTimeoutMs(10_000)
                    .setRebalanceTimeoutMs(10_000);
            data.protocols().add(new JoinGroupRequestData.JoinGroupRequestProtocol().setName("range"));
            return data;
        });
        ask("SYNC_GROUP", ApiKeys.SYNC_GROUP, 5, () -> new SyncGroupRequestData()
                .setGroupId("missing")
                .setMemberId("m")
                .setProtocolType("consumer")
                .setProtocolName("range"));
        ask("HEARTBEAT", ApiKeys.HEARTBEAT, 4, () -> new HeartbeatRequestData()
                .setGroupId("missing")
                .setMemberId("m"));
        ask("LEAVE_GROUP", ApiKeys.LEAVE_GROUP, 5, () -> new LeaveGroupRequestData()
                .setGroupId("missing")
                .setMembers(List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId("m"))));
        ask("DESCRIBE_GROUPS", ApiKeys.DESCRIBE_GROUPS, 5, () -> new DescribeGroupsRequestData()
                .setGroups(List.of("missing")));
        ask("LIST_GROUPS", ApiKeys.LIST_GROUPS, 5, ListGroupsRequestData::new);
        ask("DELETE_GROUPS", ApiKeys.DELETE_GROUPS, 2, () -> new DeleteGroupsRequestData()
                .setGroupsNames(List.of("missing")));
        ask(
                "CONSUMER_GROUP_HEARTBEAT",
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                1,
                () -> new ConsumerGroupHeartbeatRequestData()
                        .setGroupId("missing")
                        .setMemberId(new Uuid(1, 1).toString())
                        .setMemberEpoch(7));
        ask("CONSUMER_GROUP_DESCRIBE", ApiKeys.CONSUMER_GROUP_DESCRIBE, 1, () -> new ConsumerGroupDescribeRequestData()
                .setGroupIds(List.of("missing")));
        ask("STREAMS_GROUP_HEARTBEAT", ApiKeys.STREAMS_GROUP_HEARTBEAT, 0, () -> new StreamsGroupHeartbeatRequestData()
                .setGroupId("missing")
                .setMemberId(new Uuid(1, 1).toString())
                .setMemberEpoch(7));
        ask("STREAMS_GROUP_DESCRIBE", ApiKeys.STREAMS_GROUP_DESCRIBE, 0, () -> new StreamsGroupDescribeRequestData()
                .setGroupIds(List.of("missing")));
    }

    private static void transactions() {
        ask("FIND_COORDINATOR of a transaction", ApiKeys.FIND_COORDINATOR, 4, () -> new FindCoordinatorRequestData()
                .setKeyType(TRANSACTION)
                .setCoordinatorKeys(List.of("x")));
        ask("INIT_PRODUCER_ID", ApiKeys.INIT_PRODUCER_ID, 5, () -> new InitProducerIdRequestData()
                .setTransactionTimeoutMs(1000));
        ask("INIT_PRODUCER_ID of a transaction", ApiKeys.INIT_PRODUCER_ID, 5, () -> new InitProducerIdRequestData()
                .setTransactionalId("x")
                .setTransactionTimeoutMs(1000));
        ask("ADD_PARTITIONS_TO_TXN", ApiKeys.ADD_PARTITIONS_TO_TXN, 3, () -> {
            AddPartitionsToTxnRequestData data = new AddPartitionsToTxnRequestData()
                    .setV3AndBelowTransactionalId("x")
                    .setV3AndBelowProducerId(STRANGE_PRODUCER);
            data.v3AndBelowTopics()
                    .add(new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic()
                            .setName("t")
                            .setPartitions(List.of(0)));
            return data;
        });
        ask("ADD_OFFSETS_TO_TXN", ApiKeys.ADD_OFFSETS_TO_TXN, 3, () -> new AddOffsetsToTxnRequestData()
                .setTransactionalId("x")
                .setProducerId(STRANGE_PRODUCER)
                .setGroupId("g"));
        ask("END_TXN", ApiKeys.END_TXN, 3, () -> new EndTxnRequestData()
                .setTransactionalId("x")
                .setProducerId(STRANGE_PRODUCER)
                .setCommitted(true));
        ask("TXN_OFFSET_COMMIT", ApiKeys.TXN_OFFSET_COMMIT, 3, () -> new TxnOffsetCommitRequestData()
                .setTransactionalId("x")
                .setGroupId("g")
                .setProducerId(STRANGE_PRODUCER)
                .setMemberId("m")
                .setGenerationId(3)
                .setTopics(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic()
                        .setName("t")
                        .setPartitions(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(1))))));
        ask("WRITE_TXN_MARKERS", ApiKeys.WRITE_TXN_MARKERS, 1, () -> new WriteTxnMarkersRequestData()
                .setMarkers(List.of(new WriteTxnMarkersRequestData.WritableTxnMarker()
                        .setProducerId(STRANGE_PRODUCER)
                        .setTopics(List.of(new WriteTxnMarkersRequestData.WritableTxnMarkerTopic()
                                .setName("missing")
                                .setPartitionIndexes(List.of(0)))))));
        ask("DESCRIBE_TRANSACTIONS", ApiKeys.DESCRIBE_TRANSACTIONS, 0, () -> new DescribeTransactionsRequestData()
                .setTransactionalIds(List.of("missing")));
        ask("LIST_TRANSACTIONS", ApiKeys.LIST_TRANSACTIONS, 1, ListTransactionsRequestData::new);
    }

    private static void topics() {
        ask("METADATA", ApiKeys.METADATA, 9, () -> new MetadataRequestData()
                .setAllowAutoTopicCreation(false)
                .setTopics(List.of(
                        new MetadataRequestData.MetadataRequestTopic().setName("t"),
                        new MetadataRequestData.MetadataRequestTopic().setName("missing"))));
        ask("METADATA of all", ApiKeys.METADATA, 9, () -> new MetadataRequestData().setTopics(null));
        ask(
                "DESCRIBE_TOPIC_PARTITIONS",
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                0,
                () -> new DescribeTopicPartitionsRequestData()
                        .setTopics(List.of(
                                new DescribeTopicPartitionsRequestData.TopicRequest().setName("missing"),
                                new DescribeTopicPartitionsRequestData.TopicRequest().setName("t"))));
        ask("CREATE_TOPICS", ApiKeys.CREATE_TOPICS, 7, () -> {
            CreateTopicsRequestData data =
                    new CreateTopicsRequestData().setValidateOnly(true).setTimeoutMs(5000);
            data.topics()
                    .add(new CreateTopicsRequestData.CreatableTopic()
                            .setName("new")
                            .setNumPartitions(1)
                            .setReplicationFactor((short) 1));
            return data;
        });
        ask("DELETE_TOPICS", ApiKeys.DELETE_TOPICS, 5, () -> new DeleteTopicsRequestData()
                .setTimeoutMs(5000)
                .setTopicNames(List.of("missing")));
        ask("CREATE_PARTITIONS", ApiKeys.CREATE_PARTITIONS, 3, () -> {
            CreatePartitionsRequestData data =
                    new CreatePartitionsRequestData().setValidateOnly(true).setTimeoutMs(5000);
            data.topics()
                    .add(new CreatePartitionsRequestData.CreatePartitionsTopic()
                            .setName("t")
                            .setAssignments(null)
                            .setCount(3));
            return data;
        });
        ask("ELECT_LEADERS", ApiKeys.ELECT_LEADERS, 2, () -> {
            ElectLeadersRequestData data = new ElectLeadersRequestData().setTimeoutMs(5000);
            data.topicPartitions()
                    .add(new ElectLeadersRequestData.TopicPartitions()
                            .setTopic("t")
                            .setPartitions(List.of(0)));
            return data;
        });
        ask(
                "ALTER_PARTITION_REASSIGNMENTS",
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                1,
                () -> new AlterPartitionReassignmentsRequestData()
                        .setTopics(List.of(new AlterPartitionReassignmentsRequestData.ReassignableTopic()
                                .setName("missing")
                                .setPartitions(
                                        List.of(new AlterPartitionReassignmentsRequestData.ReassignablePartition()
                                                .setPartitionIndex(0)
                                                .setReplicas(null))))));
        ask(
                "LIST_PARTITION_REASSIGNMENTS",
                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                0,
                () -> new ListPartitionReassignmentsRequestData().setTopics(null));
        ask("DESCRIBE_LOG_DIRS", ApiKeys.DESCRIBE_LOG_DIRS, 4, () -> new DescribeLogDirsRequestData().setTopics(null));
        ask("ALTER_REPLICA_LOG_DIRS", ApiKeys.ALTER_REPLICA_LOG_DIRS, 2, () -> {
            AlterReplicaLogDirsRequestData data = new AlterReplicaLogDirsRequestData();
            AlterReplicaLogDirsRequestData.AlterReplicaLogDir folder =
                    new AlterReplicaLogDirsRequestData.AlterReplicaLogDir().setPath("/nowhere");
            folder.topics()
                    .add(new AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic()
                            .setName("t")
                            .setPartitions(List.of(0)));
            data.dirs().add(folder);
            return data;
        });
    }

    private static void configs() {
        for (Map.Entry<String, Byte> resource :
                Map.of("t", TOPIC_CONFIG, "1", BROKER_CONFIG, "g", GROUP_CONFIG).entrySet()) {
            String name = resource.getKey();
            byte type = resource.getValue();
            ask("DESCRIBE_CONFIGS " + name, ApiKeys.DESCRIBE_CONFIGS, 4, () -> new DescribeConfigsRequestData()
                    .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                            .setResourceType(type)
                            .setResourceName(name)
                            .setConfigurationKeys(List.of("none")))));
            ask("ALTER_CONFIGS " + name, ApiKeys.ALTER_CONFIGS, 2, () -> {
                AlterConfigsRequestData data = new AlterConfigsRequestData().setValidateOnly(true);
                data.resources()
                        .add(new AlterConfigsRequestData.AlterConfigsResource()
                                .setResourceType(type)
                                .setResourceName(name));
                return data;
            });
            ask("INCREMENTAL_ALTER_CONFIGS " + name, ApiKeys.INCREMENTAL_ALTER_CONFIGS, 1, () -> {
                IncrementalAlterConfigsRequestData data =
                        new IncrementalAlterConfigsRequestData().setValidateOnly(true);
                data.resources()
                        .add(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                                .setResourceType(type)
                                .setResourceName(name));
                return data;
            });
        }
        ask("LIST_CONFIG_RESOURCES", ApiKeys.LIST_CONFIG_RESOURCES, 1, ListConfigResourcesRequestData::new);
    }

    private static void cluster() {
        ask("DESCRIBE_CLUSTER", ApiKeys.DESCRIBE_CLUSTER, 1, () -> new DescribeClusterRequestData()
                .setIncludeClusterAuthorizedOperations(true));
        ask("DESCRIBE_QUORUM", ApiKeys.DESCRIBE_QUORUM, 2, () -> new DescribeQuorumRequestData()
                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData())))));
        ask("UPDATE_FEATURES", ApiKeys.UPDATE_FEATURES, 1, () -> {
            UpdateFeaturesRequestData data =
                    new UpdateFeaturesRequestData().setValidateOnly(true).setTimeoutMs(5000);
            data.featureUpdates()
                    .add(new UpdateFeaturesRequestData.FeatureUpdateKey()
                            .setFeature("missing")
                            .setMaxVersionLevel((short) 1)
                            .setUpgradeType((byte) 1));
            return data;
        });
        ask("UNREGISTER_BROKER", ApiKeys.UNREGISTER_BROKER, 0, () -> new UnregisterBrokerRequestData().setBrokerId(99));
        ask("DESCRIBE_CLIENT_QUOTAS", ApiKeys.DESCRIBE_CLIENT_QUOTAS, 1, () -> new DescribeClientQuotasRequestData()
                .setComponents(new ArrayList<>()));
        ask("ALTER_CLIENT_QUOTAS", ApiKeys.ALTER_CLIENT_QUOTAS, 1, () -> new AlterClientQuotasRequestData()
                .setValidateOnly(true)
                .setEntries(List.of(new AlterClientQuotasRequestData.EntryData()
                        .setEntity(List.of(new AlterClientQuotasRequestData.EntityData()
                                .setEntityType("user")
                                .setEntityName("u")))
                        .setOps(List.of(new AlterClientQuotasRequestData.OpData()
                                .setKey("producer_byte_rate")
                                .setValue(1000))))));
        ask(
                "DESCRIBE_USER_SCRAM_CREDENTIALS",
                ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                0,
                () -> new DescribeUserScramCredentialsRequestData().setUsers(List.of()));
        ask(
                "ALTER_USER_SCRAM_CREDENTIALS",
                ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                0,
                () -> new AlterUserScramCredentialsRequestData()
                        .setDeletions(List.of(new AlterUserScramCredentialsRequestData.ScramCredentialDeletion()
                                .setName("missing")
                                .setMechanism((byte) 1))));
        ask("DESCRIBE_ACLS", ApiKeys.DESCRIBE_ACLS, 3, () -> new DescribeAclsRequestData()
                .setResourceTypeFilter((byte) 2)
                .setResourceNameFilter("missing")
                .setPatternTypeFilter((byte) 3)
                .setOperation((byte) 1)
                .setPermissionType((byte) 1));
        ask("CREATE_ACLS", ApiKeys.CREATE_ACLS, 3, () -> new CreateAclsRequestData()
                .setCreations(List.of(new CreateAclsRequestData.AclCreation()
                        .setResourceType((byte) 4)
                        .setResourceName("no-cluster")
                        .setResourcePatternType((byte) 3)
                        .setPrincipal("User:u")
                        .setHost("*")
                        .setOperation((byte) 3)
                        .setPermissionType((byte) 3))));
        ask("DELETE_ACLS", ApiKeys.DELETE_ACLS, 3, () -> new DeleteAclsRequestData()
                .setFilters(List.of(new DeleteAclsRequestData.DeleteAclsFilter()
                        .setResourceTypeFilter((byte) 2)
                        .setResourceNameFilter("missing")
                        .setPatternTypeFilter((byte) 3)
                        .setOperation((byte) 1)
                        .setPermissionType((byte) 1))));
        ask(
                "DESCRIBE_DELEGATION_TOKEN",
                ApiKeys.DESCRIBE_DELEGATION_TOKEN,
                3,
                () -> new DescribeDelegationTokenRequestData().setOwners(null));
        ask("CREATE_DELEGATION_TOKEN", ApiKeys.CREATE_DELEGATION_TOKEN, 3, CreateDelegationTokenRequestData::new);
    }
}
