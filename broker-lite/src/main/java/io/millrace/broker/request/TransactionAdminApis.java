package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import io.millrace.broker.transaction.EndMarker;
import io.millrace.broker.transaction.TransactionCoordinator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTransactionsRequest;
import org.apache.kafka.common.requests.DescribeTransactionsResponse;
import org.apache.kafka.common.requests.ListTransactionsRequest;
import org.apache.kafka.common.requests.ListTransactionsResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest.TxnMarkerEntry;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;

/** Transactions, as an administrator sees and ends them. */
final class TransactionAdminApis {
    private final Services services;
    private final TransactionCoordinator transactions;

    TransactionAdminApis(Services services, TransactionCoordinator transactions) {
        this.services = services;
        this.transactions = transactions;
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(
                ApiKeys.DESCRIBE_TRANSACTIONS, this::describe,
                ApiKeys.LIST_TRANSACTIONS, this::list,
                ApiKeys.WRITE_TXN_MARKERS, this::writeMarkers);
    }

    private boolean describable(RequestContext context, ResourceType type, String name) {
        return services.access().allowed(context, AclOperation.DESCRIBE, type, name);
    }

    private void describe(Exchange exchange) {
        DescribeTransactionsResponseData response = new DescribeTransactionsResponseData();
        for (String id :
                exchange.request(DescribeTransactionsRequest.class).data().transactionalIds()) {
            TransactionState state = describable(exchange.context(), ResourceType.TRANSACTIONAL_ID, id)
                    ? transactions.describeTransactions(id)
                    : new TransactionState()
                            .setTransactionalId(id)
                            .setErrorCode(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code());
            state.topics().removeIf(topic -> !describable(exchange.context(), ResourceType.TOPIC, topic.topic()));
            response.transactionStates().add(state);
        }
        exchange.answer(new DescribeTransactionsResponse(response));
    }

    private void list(Exchange exchange) {
        ListTransactionsRequestData request =
                exchange.request(ListTransactionsRequest.class).data();
        ListTransactionsResponseData response = transactions.listTransactions(
                new HashSet<>(request.producerIdFilters()),
                new HashSet<>(request.stateFilters()),
                request.durationFilter(),
                request.transactionalIdPattern());
        response.setTransactionStates(response.transactionStates().stream()
                .filter(state ->
                        describable(exchange.context(), ResourceType.TRANSACTIONAL_ID, state.transactionalId()))
                .toList());
        exchange.answer(new ListTransactionsResponse(response));
    }

    private void writeMarkers(Exchange exchange) {
        boolean administrator = services.access()
                .allowed(exchange.context(), AclOperation.ALTER, ResourceType.CLUSTER, Resource.CLUSTER_NAME, false);
        if (!administrator) {
            services.access().requireCluster(exchange.context(), AclOperation.CLUSTER_ACTION);
        }
        List<TxnMarkerEntry> markers =
                exchange.request(WriteTxnMarkersRequest.class).markers();
        List<TopicPartition> partitions =
                markers.stream().flatMap(marker -> marker.partitions().stream()).toList();
        services.runOnIo(exchange, partitions, () -> {
            Map<Long, Map<TopicPartition, Errors>> errors = new ConcurrentHashMap<>();
            List<CompletableFuture<?>> written = new ArrayList<>();
            for (TxnMarkerEntry marker : markers) {
                Map<TopicPartition, Errors> ofProducer =
                        errors.computeIfAbsent(marker.producerId(), id -> new ConcurrentHashMap<>());
                for (TopicPartition partition : marker.partitions()) {
                    written.add(write(marker, partition).thenAccept(error -> ofProducer.put(partition, error)));
                }
            }
            Replies.reply(
                    exchange,
                    CompletableFuture.allOf(written.toArray(CompletableFuture[]::new)),
                    done -> new WriteTxnMarkersResponse(errors));
        });
    }

    private CompletableFuture<Errors> write(TxnMarkerEntry entry, TopicPartition partition) {
        if (!services.metadata().cache().contains(partition)) {
            return CompletableFuture.completedFuture(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        EndMarker marker = new EndMarker(
                entry.producerId(),
                entry.producerEpoch(),
                entry.coordinatorEpoch(),
                entry.transactionResult(),
                entry.transactionVersion());
        boolean offsets = partition.topic().equals(Topic.GROUP_METADATA_TOPIC_NAME);
        return transactions
                .markers()
                .write(marker, partition)
                .handle((done, e) -> e == null ? Errors.NONE : told(Errors.forException(e), offsets));
    }

    /** Who writes markers expects of the group coordinator's partitions what it expects of others. */
    private static Errors told(Errors error, boolean offsets) {
        return switch (error) {
            case COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR ->
                offsets ? Errors.NOT_LEADER_OR_FOLLOWER : error;
            default -> error;
        };
    }
}
