package io.millrace.broker.request;

import io.millrace.broker.network.Exchange;
import io.millrace.broker.storage.Logs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.FileRecords.TimestampAndOffset;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the first, the last, and the offset of a time of partitions. */
final class ListOffsetsApi implements Api {
    private static final Logger LOG = LoggerFactory.getLogger(ListOffsetsApi.class);
    private static final short LEADER_EPOCH_SINCE = 4;
    /** Since which version a client may ask for a special time, -1 for the oldest. */
    private static final short LOCAL_SINCE = 8;

    private static final short MAX_SINCE = 7;
    private static final short TIERED_SINCE = 9;
    private static final short PENDING_UPLOAD_SINCE = 11;

    private final Services services;
    private final Leadership leadership;

    ListOffsetsApi(Services services) {
        this.services = services;
        this.leadership = new Leadership(services.metadata());
    }

    @Override
    public void handle(Exchange exchange) {
        ListOffsetsRequest request = exchange.request(ListOffsetsRequest.class);
        Logs logs = services.logs();
        List<TopicPartition> partitions = request.topics().stream()
                .flatMap(t -> t.partitions().stream().map(p -> new TopicPartition(t.name(), p.partitionIndex())))
                .toList();
        boolean scans =
                request.topics().stream().anyMatch(t -> t.partitions().stream().anyMatch(p -> scans(p.timestamp())));
        if (!scans && partitions.stream().allMatch(p -> logs.ready(p) || logs.untouched(p))) {
            answer(exchange, request);
        } else {
            services.runOnIo(exchange, partitions, () -> answer(exchange, request));
        }
    }

    /** Whether records must be looked at to find the offset. */
    private static boolean scans(long timestamp) {
        return timestamp >= 0 || timestamp == ListOffsetsRequest.MAX_TIMESTAMP;
    }

    private void answer(Exchange exchange, ListOffsetsRequest request) {
        Set<String> describable = services.access()
                .allowedNames(
                        exchange.context(),
                        AclOperation.DESCRIBE,
                        ResourceType.TOPIC,
                        request.topics().stream().map(ListOffsetsTopic::name).toList(),
                        true);
        List<ListOffsetsTopicResponse> topics = new ArrayList<>();
        for (ListOffsetsTopic topic : request.topics()) {
            List<ListOffsetsPartitionResponse> partitions = topic.partitions().stream()
                    .map(partition -> describable.contains(topic.name())
                            ? find(request, topic.name(), partition)
                            : failed(partition, Errors.TOPIC_AUTHORIZATION_FAILED))
                    .toList();
            topics.add(new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(partitions));
        }
        exchange.answer(new ListOffsetsResponse(new ListOffsetsResponseData().setTopics(topics)));
    }

    private ListOffsetsPartitionResponse find(ListOffsetsRequest request, String topic, ListOffsetsPartition wanted) {
        TopicPartition partition = new TopicPartition(topic, wanted.partitionIndex());
        if (request.duplicatePartitions().contains(partition)) {
            return failed(wanted, Errors.INVALID_REQUEST);
        }
        if (!supported(wanted.timestamp(), request.version())) {
            return failed(wanted, Errors.UNSUPPORTED_VERSION);
        }
        try {
            Optional<Integer> believed = wanted.currentLeaderEpoch() == ListOffsetsResponse.UNKNOWN_EPOCH
                    ? Optional.empty()
                    : Optional.of(wanted.currentLeaderEpoch());
            int epoch = leadership.require(partition, believed);
            return find(partition, wanted.timestamp(), request, epoch)
                    .map(found -> answer(wanted, found, request.version()))
                    .orElseGet(() -> failed(wanted, Errors.NONE));
        } catch (Throwable e) {
            Errors error = Replies.error(e);
            if (error == Errors.UNKNOWN_SERVER_ERROR) {
                LOG.atError().setCause(e).addKeyValue("partition", partition).log("Offsets could not be looked up");
            }
            return failed(wanted, error);
        }
    }

    private Optional<TimestampAndOffset> find(
            TopicPartition partition, long timestamp, ListOffsetsRequest request, int epoch) {
        if (services.logs().untouched(partition)) {
            return ofEmpty(timestamp, epoch);
        }
        UnifiedLog log = services.logs().log(partition);
        boolean client = request.replicaId() == ListOffsetsRequest.CONSUMER_REPLICA_ID;
        boolean committed = client && request.isolationLevel() == IsolationLevel.READ_COMMITTED;
        long end = committed ? log.lastStableOffset() : log.highWatermark();
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP) {
            return Optional.of(new TimestampAndOffset(RecordBatch.NO_TIMESTAMP, end, Optional.of(epoch)));
        }
        Optional<TimestampAndOffset> found =
                log.fetchOffsetByTimestamp(timestamp, Optional.empty()).timestampAndOffsetOpt();
        boolean bounded = timestamp != ListOffsetsRequest.EARLIEST_TIMESTAMP
                && timestamp != ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP;
        return bounded ? found.filter(f -> f.offset < end) : found;
    }

    private static Optional<TimestampAndOffset> ofEmpty(long timestamp, int epoch) {
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP
                || timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP
                || timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            return Optional.of(new TimestampAndOffset(RecordBatch.NO_TIMESTAMP, 0, Optional.of(epoch)));
        }
        if (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP
                || timestamp == ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP) {
            return Optional.of(new TimestampAndOffset(RecordBatch.NO_TIMESTAMP, -1, Optional.of(-1)));
        }
        return Optional.empty();
    }

    private static boolean supported(long timestamp, short version) {
        if (timestamp >= 0) {
            return true;
        }
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP || timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP) {
            return true;
        }
        if (timestamp == ListOffsetsRequest.MAX_TIMESTAMP) {
            return version >= MAX_SINCE;
        }
        if (timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            return version >= LOCAL_SINCE;
        }
        if (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP) {
            return version >= TIERED_SINCE;
        }
        return timestamp == ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP && version >= PENDING_UPLOAD_SINCE;
    }

    private static ListOffsetsPartitionResponse answer(
            ListOffsetsPartition wanted, TimestampAndOffset found, short version) {
        ListOffsetsPartitionResponse response = new ListOffsetsPartitionResponse()
                .setPartitionIndex(wanted.partitionIndex())
                .setTimestamp(found.timestamp)
                .setOffset(found.offset);
        if (version >= LEADER_EPOCH_SINCE) {
            found.leaderEpoch.ifPresent(response::setLeaderEpoch);
        }
        return response;
    }

    private static ListOffsetsPartitionResponse failed(ListOffsetsPartition wanted, Errors error) {
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(wanted.partitionIndex())
                .setErrorCode(error.code())
                .setTimestamp(ListOffsetsResponse.UNKNOWN_TIMESTAMP)
                .setOffset(ListOffsetsResponse.UNKNOWN_OFFSET);
    }
}
