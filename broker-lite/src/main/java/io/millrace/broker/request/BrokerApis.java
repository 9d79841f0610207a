package io.millrace.broker.request;

import io.millrace.broker.storage.LogStore;
import io.millrace.broker.transaction.TransactionCoordinator;
import io.millrace.broker.transaction.Verification;
import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.server.purgatory.DelayedOperationPurgatory;
import org.apache.kafka.server.util.timer.SystemTimer;

/** All handlers of a broker. */
public final class BrokerApis implements AutoCloseable {
    private static final int PURGE_INTERVAL = 1000;

    private final DelayedOperationPurgatory<DelayedFetch> waitingFetches;
    private final Dispatcher dispatcher;

    public BrokerApis(
            Services services,
            LogStore store,
            BrokerSettings settings,
            TopicCreation creation,
            GroupCoordinator groups,
            TransactionCoordinator transactions,
            Verification verification) {
        this.waitingFetches = new DelayedOperationPurgatory<>(
                "Fetch",
                new SystemTimer("broker-fetch-timer"),
                services.metadata().identity().nodeId(),
                PURGE_INTERVAL,
                true,
                true);
        Map<ApiKeys, Api> apis = new EnumMap<>(ApiKeys.class);
        apis.put(ApiKeys.PRODUCE, new ProduceApi(services, verification));
        apis.put(ApiKeys.FETCH, new FetchApi(services, waitingFetches));
        apis.put(ApiKeys.LIST_OFFSETS, new ListOffsetsApi(services));
        apis.putAll(new TopicApis(services).apis());
        apis.put(ApiKeys.METADATA, new MetadataApi(services, creation));
        apis.put(ApiKeys.FIND_COORDINATOR, new FindCoordinatorApi(services, creation));
        apis.putAll(new GroupMemberApis(services, groups).apis());
        apis.putAll(new OffsetApis(services, groups).apis());
        apis.put(ApiKeys.OFFSET_FETCH, new OffsetFetchApi(services, groups));
        apis.putAll(new TransactionApis(services, transactions, groups::partitionFor).apis());
        apis.putAll(administration(services, store, settings, groups));
        apis.putAll(new StreamsGroupApis(services, groups).apis());
        apis.putAll(new TransactionAdminApis(services, transactions).apis());
        apis.putAll(new AclApis(services).apis());
        apis.putAll(new ControllerApis(services).apis());
        apis.putAll(new AuthenticationApis().apis());
        this.dispatcher = new Dispatcher(services, apis);
    }

    private static Map<ApiKeys, Api> administration(
            Services services, LogStore store, BrokerSettings settings, GroupCoordinator groups) {
        Map<ApiKeys, Api> apis = new EnumMap<>(ApiKeys.class);
        AlterRules rules = new AlterRules(services, settings);
        apis.put(ApiKeys.DELETE_TOPICS, new DeleteTopicsApi(services));
        apis.put(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, new TopicPartitionsApi(services));
        apis.putAll(new RecordApis(services, store).apis());
        apis.putAll(new LogDirApis(services, store).apis());
        apis.putAll(new ClusterApis(services).apis());
        apis.putAll(new GroupAdminApis(services, groups).apis());
        apis.put(ApiKeys.DESCRIBE_CONFIGS, new DescribeConfigsApi(services, settings));
        apis.put(ApiKeys.ALTER_CONFIGS, new AlterConfigsApi(services, rules));
        apis.put(ApiKeys.INCREMENTAL_ALTER_CONFIGS, new IncrementalAlterConfigsApi(services, rules));
        apis.put(ApiKeys.LIST_CONFIG_RESOURCES, new ConfigResourcesApi(services));
        return apis;
    }

    public Dispatcher dispatcher() {
        return dispatcher;
    }

    @Override
    public void close() throws Exception {
        waitingFetches.shutdown();
    }
}
