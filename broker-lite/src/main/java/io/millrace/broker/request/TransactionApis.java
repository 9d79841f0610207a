package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import io.millrace.broker.transaction.TransactionCoordinator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResultCollection;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.AddOffsetsToTxnRequest;
import org.apache.kafka.common.requests.AddOffsetsToTxnResponse;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.requests.EndTxnResponse;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;

/** Transactions, as their producers run them. */
final class TransactionApis {
    private static final short INIT_KNOWS_FENCED_SINCE = 4;
    private static final short FENCED_IS_KNOWN_SINCE = 2;
    private static final short FROM_BROKERS_SINCE = 4;

    private final Services services;
    private final TransactionCoordinator transactions;
    private final ToIntFunction<String> groupPartition;
    private final SlowAppends slow;

    /** @param groupPartition the partition of the group coordinator's topic that a group belongs to */
    TransactionApis(Services services, TransactionCoordinator transactions, ToIntFunction<String> groupPartition) {
        this.services = services;
        this.transactions = transactions;
        this.groupPartition = groupPartition;
        this.slow = new SlowAppends(services.logs());
    }

    Map<ApiKeys, Api> apis() {
        return Map.of(
                ApiKeys.INIT_PRODUCER_ID, this::init,
                ApiKeys.ADD_PARTITIONS_TO_TXN, this::addPartitions,
                ApiKeys.ADD_OFFSETS_TO_TXN, this::addOffsets,
                ApiKeys.END_TXN, this::end);
    }

    /** Runs what appends to the transactional id's state where it may wait for a disk, if it has to. */
    private void withState(Exchange exchange, @Nullable String transactionalId, Runnable operation) {
        if (transactionalId == null) {
            operation.run();
            return;
        }
        TopicPartition state = transactions.statePartition(transactionalId);
        if (slow.waits(state)) {
            services.runOnIo(exchange, List.of(state), operation);
        } else {
            operation.run();
        }
    }

    private boolean mayWrite(RequestContext context, String transactionalId) {
        return services.access().allowed(context, AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, transactionalId);
    }

    /** Clients that do not know the error PRODUCER_FENCED handle this one in the same way. */
    private static Errors forOldClients(Errors error, short version, short knownSince) {
        return error == Errors.PRODUCER_FENCED && version < knownSince ? Errors.INVALID_PRODUCER_EPOCH : error;
    }

    private void init(Exchange exchange) {
        InitProducerIdRequest request = exchange.request(InitProducerIdRequest.class);
        InitProducerIdRequestData data = request.data();
        requireInit(exchange.context(), data);
        boolean noId = data.producerId() == RecordBatch.NO_PRODUCER_ID;
        boolean noEpoch = data.producerEpoch() == RecordBatch.NO_PRODUCER_EPOCH;
        if (noId != noEpoch) {
            throw Errors.INVALID_REQUEST.exception();
        }
        Optional<ProducerIdAndEpoch> expected =
                noId ? Optional.empty() : Optional.of(new ProducerIdAndEpoch(data.producerId(), data.producerEpoch()));
        withState(
                exchange,
                data.transactionalId(),
                () -> Replies.reply(
                        exchange,
                        transactions.initProducerId(
                                data.transactionalId(),
                                data.transactionTimeoutMs(),
                                data.enable2Pc(),
                                data.keepPreparedTxn(),
                                expected),
                        result -> new InitProducerIdResponse(new InitProducerIdResponseData()
                                .setErrorCode(forOldClients(result.error(), request.version(), INIT_KNOWS_FENCED_SINCE)
                                        .code())
                                .setProducerId(result.producerId())
                                .setProducerEpoch(result.producerEpoch()))));
    }

    private void requireInit(RequestContext context, InitProducerIdRequestData data) {
        String id = data.transactionalId();
        if (id == null) {
            boolean allowed = services.access()
                            .allowed(
                                    context,
                                    AclOperation.IDEMPOTENT_WRITE,
                                    ResourceType.CLUSTER,
                                    Resource.CLUSTER_NAME,
                                    false)
                    || services.access().allowedWithAny(context, AclOperation.WRITE, ResourceType.TOPIC);
            if (!allowed) {
                throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
            }
            return;
        }
        boolean twoPhase = !data.enable2Pc()
                || services.access().allowed(context, AclOperation.TWO_PHASE_COMMIT, ResourceType.TRANSACTIONAL_ID, id);
        if (!mayWrite(context, id) || !twoPhase) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
    }

    private void end(Exchange exchange) {
        EndTxnRequest request = exchange.request(EndTxnRequest.class);
        String id = request.data().transactionalId();
        if (!mayWrite(exchange.context(), id)) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
        withState(
                exchange,
                id,
                () -> Replies.reply(
                        exchange,
                        transactions.endTxn(
                                id,
                                request.data().producerId(),
                                request.data().producerEpoch(),
                                request.result(),
                                TransactionVersion.transactionVersionForEndTxn(request)),
                        result -> new EndTxnResponse(new EndTxnResponseData()
                                .setErrorCode(forOldClients(result.error(), request.version(), FENCED_IS_KNOWN_SINCE)
                                        .code())
                                .setProducerId(result.producerId())
                                .setProducerEpoch(result.producerEpoch()))));
    }

    private void addOffsets(Exchange exchange) {
        AddOffsetsToTxnRequest request = exchange.request(AddOffsetsToTxnRequest.class);
        AddOffsetsToTxnRequestData data = request.data();
        if (!mayWrite(exchange.context(), data.transactionalId())) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
        if (!services.access().allowed(exchange.context(), AclOperation.READ, ResourceType.GROUP, data.groupId())) {
            throw Errors.GROUP_AUTHORIZATION_FAILED.exception();
        }
        TopicPartition offsets =
                new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, groupPartition.applyAsInt(data.groupId()));
        withState(
                exchange,
                data.transactionalId(),
                () -> Replies.reply(
                        exchange,
                        transactions.addPartitionsToTxn(
                                data.transactionalId(),
                                data.producerId(),
                                data.producerEpoch(),
                                Set.of(offsets),
                                // clients of version 2 do not send this
                                TransactionVersion.TV_0),
                        error -> new AddOffsetsToTxnResponse(new AddOffsetsToTxnResponseData()
                                .setErrorCode(forOldClients(error, request.version(), FENCED_IS_KNOWN_SINCE)
                                        .code()))));
    }

    private void addPartitions(Exchange exchange) {
        AddPartitionsToTxnRequest sent = exchange.request(AddPartitionsToTxnRequest.class);
        short version = exchange.context().apiVersion();
        AddPartitionsToTxnRequest request = version < FROM_BROKERS_SINCE ? sent.normalizeRequest() : sent;
        if (version >= FROM_BROKERS_SINCE) {
            services.access().requireCluster(exchange.context(), AclOperation.CLUSTER_ACTION);
        }
        List<AddPartitionsToTxnTransaction> all = List.copyOf(request.data().transactions());
        if (all.stream().anyMatch(t -> t.transactionalId() == null)) {
            throw new InvalidRequestException("Transactional ID can not be null in request.");
        }
        Runnable addition = () -> addAll(exchange, request, all);
        Set<TopicPartition> states = all.stream()
                .map(t -> transactions.statePartition(t.transactionalId()))
                .collect(Collectors.toSet());
        if (states.stream().anyMatch(slow::waits)) {
            services.runOnIo(exchange, states, addition);
        } else {
            addition.run();
        }
    }

    private void addAll(Exchange exchange, AddPartitionsToTxnRequest request, List<AddPartitionsToTxnTransaction> all) {
        AtomicReferenceArray<AddPartitionsToTxnResult> results = new AtomicReferenceArray<>(all.size());
        Map<String, List<TopicPartition>> partitions = request.partitionsByTransaction();
        CompletableFuture<?>[] done = new CompletableFuture<?>[all.size()];
        for (int i = 0; i < all.size(); i++) {
            int index = i;
            AddPartitionsToTxnTransaction transaction = all.get(i);
            List<TopicPartition> wanted = partitions.getOrDefault(transaction.transactionalId(), List.of());
            done[i] = add(exchange, request, transaction, wanted).thenAccept(result -> results.set(index, result));
        }
        Replies.reply(exchange, CompletableFuture.allOf(done), ignored -> {
            AddPartitionsToTxnResultCollection collected = new AddPartitionsToTxnResultCollection();
            for (int i = 0; i < all.size(); i++) {
                collected.add(results.get(i));
            }
            AddPartitionsToTxnResponseData data = new AddPartitionsToTxnResponseData();
            if (request.version() < FROM_BROKERS_SINCE) {
                collected.forEach(result -> data.setResultsByTopicV3AndBelow(result.topicResults()));
            } else {
                data.setResultsByTransaction(collected);
            }
            return new AddPartitionsToTxnResponse(data);
        });
    }

    private CompletableFuture<AddPartitionsToTxnResult> add(
            Exchange exchange,
            AddPartitionsToTxnRequest request,
            AddPartitionsToTxnTransaction transaction,
            List<TopicPartition> wanted) {
        String id = transaction.transactionalId();
        boolean client = request.version() < FROM_BROKERS_SINCE;
        if (client && !mayWrite(exchange.context(), id)) {
            return CompletableFuture.completedFuture(
                    request.errorResponseForTransaction(id, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
        }
        Map<TopicPartition, Errors> refused = refused(exchange.context(), wanted, client);
        if (!refused.isEmpty()) {
            Map<TopicPartition, Errors> told = new HashMap<>(refused);
            wanted.forEach(partition -> told.putIfAbsent(partition, Errors.OPERATION_NOT_ATTEMPTED));
            return CompletableFuture.completedFuture(AddPartitionsToTxnResponse.resultForTransaction(id, told));
        }
        if (transaction.verifyOnly()) {
            return CompletableFuture.completedFuture(AddPartitionsToTxnResponse.resultForTransaction(
                    id,
                    transactions.verifyPartitionsInTxn(
                            id, transaction.producerId(), transaction.producerEpoch(), wanted)));
        }
        return transactions
                .addPartitionsToTxn(
                        id,
                        transaction.producerId(),
                        transaction.producerEpoch(),
                        new HashSet<>(wanted),
                        TransactionVersion.transactionVersionForAddPartitionsToTxn(request))
                .thenApply(error -> request.errorResponseForTransaction(
                        id, forOldClients(error, request.version(), FENCED_IS_KNOWN_SINCE)));
    }

    private Map<TopicPartition, Errors> refused(RequestContext context, List<TopicPartition> wanted, boolean client) {
        List<String> topics = wanted.stream()
                .map(TopicPartition::topic)
                .filter(topic -> !client || !Topic.isInternal(topic))
                .toList();
        Set<String> allowed = client
                ? services.access().allowedNames(context, AclOperation.WRITE, ResourceType.TOPIC, topics, true)
                : Set.copyOf(topics);
        Map<TopicPartition, Errors> refused = new HashMap<>();
        for (TopicPartition partition : wanted) {
            if (!allowed.contains(partition.topic())) {
                refused.put(partition, Errors.TOPIC_AUTHORIZATION_FAILED);
            } else if (!services.metadata().cache().contains(partition)) {
                refused.put(partition, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
        }
        return refused;
    }
}
