package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import io.millrace.broker.transaction.Verification;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.RecordValidationException;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends records. With one replica an append is committed when it is made, so all kinds of acks are answered at once. */
final class ProduceApi implements Api {
    private static final Logger LOG = LoggerFactory.getLogger(ProduceApi.class);
    /** Tools that repair internal topics call themselves so. */
    private static final String ADMIN_CLIENT = "__admin_client";

    private static final Set<Short> ACKS = Set.of((short) -1, (short) 0, (short) 1);
    private static final short TOPIC_IDS_SINCE = 13;
    /** Errors that Kafka does not count as failed requests. */
    private static final Set<Errors> EXPECTED = EnumSet.of(
            Errors.INVALID_TOPIC_EXCEPTION,
            Errors.UNKNOWN_TOPIC_OR_PARTITION,
            Errors.NOT_LEADER_OR_FOLLOWER,
            Errors.MESSAGE_TOO_LARGE,
            Errors.RECORD_LIST_TOO_LARGE,
            Errors.CORRUPT_MESSAGE,
            Errors.KAFKA_STORAGE_ERROR,
            Errors.UNKNOWN_TOPIC_ID);

    private final Services services;
    private final Leadership leadership;
    private final Verification verification;
    private final SlowAppends slow;

    ProduceApi(Services services, Verification verification) {
        this.services = services;
        this.leadership = new Leadership(services.metadata());
        this.verification = verification;
        this.slow = new SlowAppends(services.logs());
    }

    @Override
    public void handle(Exchange exchange) {
        ProduceRequest request = exchange.request(ProduceRequest.class);
        if (RequestUtils.hasTransactionalRecords(request) && !mayWriteTransaction(exchange, request)) {
            exchange.answerError(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception());
            return;
        }
        Work work = new Work(exchange, request);
        sort(work);
        if (isSlow(work)) {
            Set<TopicPartition> partitions = work.records.keySet().stream()
                    .map(TopicIdPartition::topicPartition)
                    .collect(Collectors.toSet());
            services.runOnIo(exchange, partitions, () -> go(work));
        } else {
            go(work);
        }
    }

    private boolean isSlow(Work work) {
        for (Map.Entry<TopicIdPartition, MemoryRecords> entry : work.records.entrySet()) {
            if (slow.slow(entry.getKey().topicPartition(), entry.getValue())) {
                return true;
            }
        }
        return false;
    }

    private void go(Work work) {
        Transactional transactional = transactional(work);
        if (transactional == null) {
            append(work, Map.of());
            return;
        }
        Verification.Client client =
                Verification.Client.ofProduce(work.exchange.context().apiVersion());
        verification
                .verify(
                        work.request.transactionalId(),
                        transactional.producerId(),
                        transactional.producerEpoch(),
                        transactional.sequences(),
                        client)
                .thenAccept(verified -> {
                    refuse(work, verified.errors(), client);
                    append(work, verified.guards());
                })
                .exceptionally(e -> {
                    work.exchange.answerError(e);
                    return null;
                });
    }

    private boolean mayWriteTransaction(Exchange exchange, ProduceRequest request) {
        return request.transactionalId() != null
                && services.access()
                        .allowed(
                                exchange.context(),
                                AclOperation.WRITE,
                                ResourceType.TRANSACTIONAL_ID,
                                request.transactionalId());
    }

    /** Puts each partition's records to what can be appended, or answers why not. */
    private void sort(Work work) {
        short version = work.exchange.context().apiVersion();
        Map<ProduceRequestData.TopicProduceData, String> names = new LinkedHashMap<>();
        for (ProduceRequestData.TopicProduceData topic : work.request.data().topicData()) {
            names.put(topic, name(topic));
        }
        Set<String> allowed = services.access()
                .allowedNames(
                        work.exchange.context(),
                        AclOperation.WRITE,
                        ResourceType.TOPIC,
                        names.values().stream().filter(n -> !n.isEmpty()).collect(Collectors.toSet()),
                        true);
        names.forEach((topic, name) -> topic.partitionData().forEach(data -> {
            TopicIdPartition partition = new TopicIdPartition(topic.topicId(), new TopicPartition(name, data.index()));
            if (name.isEmpty() && version >= TOPIC_IDS_SINCE) {
                work.fail(partition, Errors.UNKNOWN_TOPIC_ID, null);
            } else if (!allowed.contains(name)) {
                work.fail(partition, Errors.TOPIC_AUTHORIZATION_FAILED, null);
            } else if (!services.metadata().cache().contains(partition.topicPartition())) {
                work.fail(partition, Errors.UNKNOWN_TOPIC_OR_PARTITION, null);
            } else {
                accept(work, version, partition, (MemoryRecords) data.records());
            }
        }));
    }

    private String name(ProduceRequestData.TopicProduceData topic) {
        return topic.topicId().equals(Uuid.ZERO_UUID)
                ? topic.name()
                : services.metadata().cache().getTopicName(topic.topicId()).orElse(topic.name());
    }

    private static void accept(Work work, short version, TopicIdPartition partition, MemoryRecords records) {
        try {
            ProduceRequest.validateRecords(version, records);
            work.records.put(partition, records);
        } catch (ApiException e) {
            work.fail(partition, Errors.forException(e), null);
        }
    }

    private record Transactional(long producerId, short producerEpoch, Map<TopicPartition, Integer> sequences) {}

    /** What must be asked of the coordinator, null where nothing is transactional. */
    private static @Nullable Transactional transactional(Work work) {
        if (work.request.transactionalId() == null) {
            return null;
        }
        Map<TopicPartition, Integer> sequences = new HashMap<>();
        long producerId = RecordBatch.NO_PRODUCER_ID;
        short epoch = RecordBatch.NO_PRODUCER_EPOCH;
        for (Map.Entry<TopicIdPartition, MemoryRecords> entry : work.records.entrySet()) {
            for (RecordBatch batch : entry.getValue().batches()) {
                if (!batch.isTransactional() || !batch.hasProducerId()) {
                    continue;
                }
                boolean first = sequences.isEmpty();
                if (!first && (batch.producerId() != producerId || batch.producerEpoch() != epoch)) {
                    throw new InvalidPidMappingException("Transactional records contained more than one producer ID");
                }
                producerId = batch.producerId();
                epoch = batch.producerEpoch();
                sequences.putIfAbsent(entry.getKey().topicPartition(), batch.baseSequence());
            }
        }
        return sequences.isEmpty() ? null : new Transactional(producerId, epoch, sequences);
    }

    /** Answers partitions that the coordinator refused, in errors that clients of their version know. */
    private static void refuse(Work work, Map<TopicPartition, Errors> errors, Verification.Client client) {
        for (TopicIdPartition partition : List.copyOf(work.records.keySet())) {
            Errors error = errors.get(partition.topicPartition());
            if (error == null || error == Errors.NONE) {
                continue;
            }
            Errors told = Verification.toProduceError(error, client);
            String message = null;
            if (error == Errors.INVALID_TXN_STATE) {
                message = "Partition was not added to the transaction";
            } else if (told != error) {
                message =
                        "Unable to verify the partition has been added to the transaction. Underlying error: " + error;
            }
            work.fail(partition, told, message);
            work.records.remove(partition);
        }
    }

    private void append(Work work, Map<TopicPartition, VerificationGuard> guards) {
        boolean internalAllowed =
                ADMIN_CLIENT.equals(work.exchange.context().header.clientId());
        boolean acksKnown = ACKS.contains(work.request.acks());
        work.records.forEach((partition, records) -> {
            if (!acksKnown) {
                work.fail(partition, Errors.INVALID_REQUIRED_ACKS, null);
            } else {
                append(work, partition, records, guards, internalAllowed);
            }
        });
        work.request.clearPartitionRecords();
        answer(work);
    }

    private void append(
            Work work,
            TopicIdPartition id,
            MemoryRecords records,
            Map<TopicPartition, VerificationGuard> guards,
            boolean internalAllowed) {
        TopicPartition partition = id.topicPartition();
        int bytes = records.sizeInBytes();
        services.traffic().appending();
        try {
            if (Topic.isInternal(partition.topic()) && !internalAllowed) {
                throw new InvalidTopicException("Cannot append to internal topic " + partition.topic());
            }
            leadership.require(partition, Optional.empty());
            LogAppendInfo info = services.logs()
                    .append(
                            id,
                            records,
                            AppendOrigin.CLIENT,
                            guards.getOrDefault(partition, VerificationGuard.SENTINEL),
                            TransactionVersion.TV_UNKNOWN,
                            work.exchange.local());
            services.traffic().appended(partition.topic(), info.numMessages(), bytes);
            work.done(id, info);
        } catch (RecordValidationException e) {
            services.traffic().appendFailed();
            PartitionProduceResponse response = work.fail(
                    id,
                    Errors.forException(e.invalidException()),
                    e.invalidException().getMessage());
            e.recordErrors().forEach(record -> response.recordErrors()
                    .add(new ProduceResponseData.BatchIndexAndErrorMessage()
                            .setBatchIndex(record.batchIndex)
                            .setBatchIndexErrorMessage(record.message)));
        } catch (Throwable e) {
            Errors error = Replies.error(e);
            if (!EXPECTED.contains(error)) {
                services.traffic().appendFailed();
            }
            if (error == Errors.UNKNOWN_SERVER_ERROR) {
                LOG.atError().setCause(e).addKeyValue("partition", partition).log("An append failed");
            }
            work.fail(id, error, null);
        }
    }

    private static void answer(Work work) {
        if (work.request.acks() != 0) {
            work.exchange.answer(new ProduceResponse(work.response));
        } else if (work.failed) {
            LOG.atInfo()
                    .addKeyValue("client", work.exchange.context().header.clientId())
                    .log("Closing a connection: records sent with acks=0 could not be appended");
            work.exchange.hangUp();
        } else {
            work.exchange.answerNothing();
        }
    }

    /** One request on its way. Used by one thread at a time. */
    private static final class Work {
        private final Exchange exchange;
        private final ProduceRequest request;
        private final Map<TopicIdPartition, MemoryRecords> records = new LinkedHashMap<>();
        private final ProduceResponseData response = new ProduceResponseData();
        private boolean failed;

        Work(Exchange exchange, ProduceRequest request) {
            this.exchange = exchange;
            this.request = request;
        }

        void done(TopicIdPartition partition, LogAppendInfo info) {
            add(
                    partition,
                    new PartitionProduceResponse()
                            .setIndex(partition.partition())
                            .setBaseOffset(info.firstOffset())
                            .setLogAppendTimeMs(info.logAppendTime())
                            .setLogStartOffset(info.logStartOffset()));
        }

        PartitionProduceResponse fail(TopicIdPartition partition, Errors error, @Nullable String message) {
            failed = true;
            PartitionProduceResponse response = new PartitionProduceResponse()
                    .setIndex(partition.partition())
                    .setErrorCode(error.code())
                    .setErrorMessage(message)
                    .setBaseOffset(ProduceResponse.INVALID_OFFSET)
                    .setLogAppendTimeMs(RecordBatch.NO_TIMESTAMP)
                    .setLogStartOffset(ProduceResponse.INVALID_OFFSET);
            add(partition, response);
            return response;
        }

        private void add(TopicIdPartition partition, PartitionProduceResponse answer) {
            TopicProduceResponse topic = response.responses().find(partition.topic(), partition.topicId());
            if (topic == null) {
                topic = new TopicProduceResponse().setName(partition.topic()).setTopicId(partition.topicId());
                response.responses().add(topic);
            }
            topic.partitionResponses().add(answer);
        }
    }
}
