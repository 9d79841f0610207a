package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.FetchContext;
import org.apache.kafka.server.FetchManager;
import org.apache.kafka.server.FetchSession.FetchSessionCache;
import org.apache.kafka.server.FetchSessionCacheShard;
import org.apache.kafka.server.config.ServerConfigs;
import org.apache.kafka.server.purgatory.DelayedOperationPurgatory;
import org.apache.kafka.server.purgatory.TopicPartitionOperationKey;
import org.apache.kafka.server.storage.log.FetchIsolation;

/** Reads records, at once or when enough of them are there; with fetch sessions (KIP-227). */
final class FetchApi implements Api {
    private static final long SESSION_EVICTION_MILLIS = 120_000;
    private static final short TOPIC_IDS_SINCE = 13;
    /** Clients of versions up to this do not know storage errors. */
    private static final short LAST_WITHOUT_STORAGE_ERROR = 5;

    private final Services services;
    private final FetchManager sessions;
    private final FetchReader reader;
    private final DelayedOperationPurgatory<DelayedFetch> waiting;
    private final int maxBytes;

    FetchApi(Services services, DelayedOperationPurgatory<DelayedFetch> waiting) {
        this.services = services;
        this.waiting = waiting;
        this.reader = new FetchReader(services);
        this.maxBytes = services.config().getInt(ServerConfigs.FETCH_MAX_BYTES_CONFIG);
        int slots = services.config().getInt(ServerConfigs.MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS_CONFIG);
        this.sessions = new FetchManager(
                services.time(),
                new FetchSessionCache(
                        List.of(new FetchSessionCacheShard(slots, SESSION_EVICTION_MILLIS, Integer.MAX_VALUE, 0))));
        services.logs().listen((partition, log) -> waiting.checkAndComplete(new TopicPartitionOperationKey(partition)));
    }

    @Override
    public void handle(Exchange exchange) {
        FetchRequest request = exchange.request(FetchRequest.class);
        Map<Uuid, String> names = request.version() >= TOPIC_IDS_SINCE
                ? services.metadata().cache().topicIdsToNames()
                : Map.of();
        FetchContext session = sessions.newContext(
                request.version(),
                request.metadata(),
                request.isFromFollower(),
                request.fetchData(names),
                request.forgottenTopics(names),
                names);
        LinkedHashMap<TopicIdPartition, PartitionData> refused = new LinkedHashMap<>();
        LinkedHashMap<TopicIdPartition, FetchRequest.PartitionData> wanted = new LinkedHashMap<>();
        sort(exchange, request, session, wanted, refused);
        if (wanted.isEmpty()) {
            answer(exchange, request, session, new LinkedHashMap<>(), refused);
            return;
        }
        int limit = Math.min(request.maxBytes(), maxBytes);
        FetchReader.Wish wish = new FetchReader.Wish(wanted, FetchIsolation.of(request), limit);
        whereItMayWait(exchange, wish, () -> fetch(exchange, request, session, wish, refused));
    }

    private void whereItMayWait(Exchange exchange, FetchReader.Wish wish, Runnable reading) {
        if (reader.ready(wish)) {
            reading.run();
        } else {
            List<TopicPartition> partitions = wish.partitions().keySet().stream()
                    .map(TopicIdPartition::topicPartition)
                    .toList();
            services.runOnIo(exchange, partitions, reading);
        }
    }

    private void fetch(
            Exchange exchange,
            FetchRequest request,
            FetchContext session,
            FetchReader.Wish wish,
            LinkedHashMap<TopicIdPartition, PartitionData> refused) {
        FetchReader.Read read = reader.read(wish);
        int minBytes = Math.min(request.minBytes(), wish.maxBytes());
        if (request.maxWait() <= 0 || read.bytes() >= minBytes || read.urgent()) {
            answer(exchange, request, session, read.partitions(), refused);
            return;
        }
        DelayedFetch delayed = new DelayedFetch(
                request.maxWait(),
                reader,
                wish,
                read,
                minBytes,
                () -> whereItMayWait(
                        exchange,
                        wish,
                        () -> answer(
                                exchange, request, session, reader.read(wish).partitions(), refused)),
                exchange::answerError);
        List<TopicPartitionOperationKey> keys = wish.partitions().keySet().stream()
                .map(p -> new TopicPartitionOperationKey(p.topicPartition()))
                .toList();
        waiting.tryCompleteElseWatch(delayed, keys);
    }

    private void sort(
            Exchange exchange,
            FetchRequest request,
            FetchContext session,
            LinkedHashMap<TopicIdPartition, FetchRequest.PartitionData> wanted,
            LinkedHashMap<TopicIdPartition, PartitionData> refused) {
        List<Map.Entry<TopicIdPartition, FetchRequest.PartitionData>> named = new ArrayList<>();
        session.foreachPartition((partition, data) -> {
            if (partition.topic() == null) {
                refused.put(partition, FetchResponse.partitionResponse(partition, Errors.UNKNOWN_TOPIC_ID));
            } else {
                named.add(Map.entry(partition, data));
            }
        });
        if (request.isFromFollower()) {
            refuseFollower(exchange, session, named, refused);
            return;
        }
        Set<String> allowed = services.access()
                .allowedNames(
                        exchange.context(),
                        AclOperation.READ,
                        ResourceType.TOPIC,
                        named.stream().map(e -> e.getKey().topic()).collect(Collectors.toList()),
                        true);
        for (Map.Entry<TopicIdPartition, FetchRequest.PartitionData> entry : named) {
            TopicIdPartition partition = entry.getKey();
            if (!allowed.contains(partition.topic())) {
                refused.put(partition, FetchResponse.partitionResponse(partition, Errors.TOPIC_AUTHORIZATION_FAILED));
            } else if (!services.metadata().cache().contains(partition.topicPartition())) {
                refused.put(partition, FetchResponse.partitionResponse(partition, Errors.UNKNOWN_TOPIC_OR_PARTITION));
            } else {
                wanted.put(partition, entry.getValue());
            }
        }
    }

    /** Nothing replicates from a broker that is alone; who may not even try is told no more than that. */
    private void refuseFollower(
            Exchange exchange,
            FetchContext session,
            List<Map.Entry<TopicIdPartition, FetchRequest.PartitionData>> named,
            Map<TopicIdPartition, PartitionData> refused) {
        boolean allowed = services.access()
                .allowed(exchange.context(), AclOperation.CLUSTER_ACTION, ResourceType.CLUSTER, Resource.CLUSTER_NAME);
        if (!allowed) {
            session.foreachPartition((partition, data) -> refused.put(
                    partition, FetchResponse.partitionResponse(partition, Errors.TOPIC_AUTHORIZATION_FAILED)));
            return;
        }
        for (Map.Entry<TopicIdPartition, FetchRequest.PartitionData> entry : named) {
            boolean known = services.metadata().cache().contains(entry.getKey().topicPartition());
            Errors error = known ? Errors.UNKNOWN_LEADER_EPOCH : Errors.UNKNOWN_TOPIC_OR_PARTITION;
            refused.put(entry.getKey(), FetchResponse.partitionResponse(entry.getKey(), error));
        }
    }

    private void answer(
            Exchange exchange,
            FetchRequest request,
            FetchContext session,
            LinkedHashMap<TopicIdPartition, PartitionData> read,
            Map<TopicIdPartition, PartitionData> refused) {
        if (request.version() <= LAST_WITHOUT_STORAGE_ERROR) {
            read.values().stream()
                    .filter(p -> p.errorCode() == Errors.KAFKA_STORAGE_ERROR.code())
                    .forEach(p -> p.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code()));
        }
        read.forEach((partition, data) -> services.traffic().sent(partition.topic(), FetchResponse.recordsSize(data)));
        read.putAll(refused);
        exchange.answer(session.updateAndGenerateResponseData(read, List.of()));
    }
}
