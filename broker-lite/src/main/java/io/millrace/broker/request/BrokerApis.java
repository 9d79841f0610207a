package io.millrace.broker.request;

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
        this.dispatcher = new Dispatcher(services, apis);
    }

    public Dispatcher dispatcher() {
        return dispatcher;
    }

    @Override
    public void close() throws Exception {
        waitingFetches.shutdown();
    }
}
