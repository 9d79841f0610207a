package io.millrace.broker.request;

import io.millrace.broker.storage.Logs;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InconsistentTopicIdException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.FetchDataInfo;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.LogOffsetSnapshot;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the partitions of a fetch, in their order, within the request's limit of bytes. */
final class FetchReader {
    private static final Logger LOG = LoggerFactory.getLogger(FetchReader.class);
    /** Errors that Kafka does not count as failed requests. */
    private static final Set<Errors> EXPECTED = EnumSet.of(
            Errors.UNKNOWN_TOPIC_OR_PARTITION,
            Errors.NOT_LEADER_OR_FOLLOWER,
            Errors.UNKNOWN_LEADER_EPOCH,
            Errors.FENCED_LEADER_EPOCH,
            Errors.REPLICA_NOT_AVAILABLE,
            Errors.KAFKA_STORAGE_ERROR,
            Errors.INCONSISTENT_TOPIC_ID,
            Errors.OFFSET_OUT_OF_RANGE);

    private final Services services;
    private final Logs logs;
    private final Leadership leadership;

    FetchReader(Services services) {
        this.services = services;
        this.logs = services.logs();
        this.leadership = new Leadership(services.metadata());
    }

    /** What is to be read. */
    record Wish(
            LinkedHashMap<TopicIdPartition, FetchRequest.PartitionData> partitions,
            FetchIsolation isolation,
            int maxBytes) {}

    /**
     * What was read.
     *
     * @param starts where each read began, as position in a segment, where the log has any
     * @param urgent whether an error or a divergence must be told at once
     */
    record Read(
            LinkedHashMap<TopicIdPartition, PartitionData> partitions,
            Map<TopicIdPartition, LogOffsetMetadata> starts,
            int bytes,
            boolean urgent) {}

    Read read(Wish wish) {
        LinkedHashMap<TopicIdPartition, PartitionData> partitions = new LinkedHashMap<>();
        Map<TopicIdPartition, LogOffsetMetadata> starts = new HashMap<>();
        int left = wish.maxBytes();
        int bytes = 0;
        boolean urgent = false;
        for (Map.Entry<TopicIdPartition, FetchRequest.PartitionData> entry :
                wish.partitions().entrySet()) {
            PartitionData data = new PartitionData()
                    .setPartitionIndex(entry.getKey().partition())
                    .setRecords(MemoryRecords.EMPTY)
                    .setAbortedTransactions(null);
            services.traffic().reading();
            try {
                int limit = Math.min(entry.getValue().maxBytes, Math.max(0, left));
                starts.put(
                        entry.getKey(),
                        read(entry.getKey(), entry.getValue(), wish.isolation(), limit, bytes == 0, data));
            } catch (Throwable e) {
                fail(entry.getKey(), data, e);
            }
            int size = FetchResponse.recordsSize(data);
            bytes += size;
            left -= size;
            urgent |= data.errorCode() != Errors.NONE.code() || FetchResponse.isDivergingEpoch(data);
            partitions.put(entry.getKey(), data);
        }
        return new Read(partitions, starts, bytes, urgent);
    }

    private LogOffsetMetadata read(
            TopicIdPartition id,
            FetchRequest.PartitionData wanted,
            FetchIsolation isolation,
            int limit,
            boolean atLeastOne,
            PartitionData data)
            throws IOException {
        TopicPartition partition = id.topicPartition();
        leadership.require(partition, wanted.currentLeaderEpoch);
        Uuid known = services.metadata().cache().getTopicId(partition.topic());
        if (!id.topicId().equals(Uuid.ZERO_UUID) && !id.topicId().equals(known)) {
            throw new InconsistentTopicIdException(
                    "Topic ID in the fetch session did not match the topic ID in the log.");
        }
        if (logs.untouched(partition)) {
            return readNothing(partition, wanted, isolation, data);
        }
        UnifiedLog log = logs.log(partition);
        if (!id.topicId().equals(Uuid.ZERO_UUID) && !log.topicId().equals(Optional.of(id.topicId()))) {
            throw new InconsistentTopicIdException("Topic ID of the fetch is not that of the log.");
        }
        // read before the records, so that a client never sees records beyond the marks it is told
        data.setHighWatermark(log.highWatermark())
                .setLogStartOffset(log.logStartOffset())
                .setLastStableOffset(log.lastStableOffset());
        if (wanted.lastFetchedEpoch.isPresent() && diverges(log, wanted, data)) {
            return LogOffsetMetadata.UNKNOWN_OFFSET_METADATA;
        }
        FetchDataInfo read = log.read(wanted.fetchOffset, limit, isolation, atLeastOne);
        if (!read.firstEntryIncomplete) {
            data.setRecords(read.records);
        }
        read.abortedTransactions.ifPresent(data::setAbortedTransactions);
        return read.fetchOffsetMetadata;
    }

    private static LogOffsetMetadata readNothing(
            TopicPartition partition, FetchRequest.PartitionData wanted, FetchIsolation isolation, PartitionData data) {
        if (wanted.fetchOffset != 0) {
            throw new OffsetOutOfRangeException("Received request for offset " + wanted.fetchOffset + " for partition "
                    + partition + ", but we only have log segments upto 0.");
        }
        data.setHighWatermark(0).setLogStartOffset(0).setLastStableOffset(0);
        if (isolation == FetchIsolation.TXN_COMMITTED) {
            data.setAbortedTransactions(List.of());
        }
        return new LogOffsetMetadata(0, 0, 0);
    }

    /** Whether the client's records are not those of this log any more (KIP-595's check, which consumers may ask for, too). */
    private static boolean diverges(UnifiedLog log, FetchRequest.PartitionData wanted, PartitionData data) {
        int fetched = wanted.lastFetchedEpoch.orElseThrow();
        Optional<OffsetAndEpoch> end = log.endOffsetForEpoch(fetched);
        if (end.isEmpty()) {
            throw new OffsetOutOfRangeException(
                    "Could not determine the end offset of the last fetched epoch " + fetched + " from the request");
        }
        boolean diverges = end.get().epoch() < fetched || end.get().offset() < wanted.fetchOffset;
        if (diverges) {
            data.setDivergingEpoch(new FetchResponseData.EpochEndOffset()
                    .setEpoch(end.get().epoch())
                    .setEndOffset(end.get().offset()));
        }
        return diverges;
    }

    private void fail(TopicIdPartition partition, PartitionData data, Throwable e) {
        Errors error = Replies.error(e);
        if (!EXPECTED.contains(error)) {
            services.traffic().readFailed();
        }
        if (error == Errors.UNKNOWN_SERVER_ERROR) {
            LOG.atError().setCause(e).addKeyValue("partition", partition).log("A read failed");
        }
        data.setErrorCode(error.code())
                .setHighWatermark(FetchResponse.INVALID_HIGH_WATERMARK)
                .setLastStableOffset(FetchResponse.INVALID_LAST_STABLE_OFFSET)
                .setLogStartOffset(FetchResponse.INVALID_LOG_START_OFFSET);
    }

    /** Whether all of it can be read without opening logs, so that any thread may do it. */
    boolean ready(Wish wish) {
        return wish.partitions().keySet().stream()
                .map(TopicIdPartition::topicPartition)
                .allMatch(partition -> logs.ready(partition) || logs.untouched(partition));
    }

    /** Whether a waiting fetch would now find enough, or something that must be told. Opens nothing. */
    boolean enough(Wish wish, Read first, int minBytes) {
        long bytes = 0;
        for (Map.Entry<TopicIdPartition, FetchRequest.PartitionData> entry :
                wish.partitions().entrySet()) {
            TopicPartition partition = entry.getKey().topicPartition();
            LogOffsetMetadata start = first.starts().get(entry.getKey());
            try {
                leadership.require(partition, entry.getValue().currentLeaderEpoch);
                if (start == null || logs.untouched(partition)) {
                    continue;
                }
                Optional<UnifiedLog> log = logs.openLog(partition);
                long more = log.isPresent() ? available(log.get(), start, wish.isolation()) : -1;
                if (more < 0) {
                    return true;
                }
                bytes += Math.min(more, entry.getValue().maxBytes);
            } catch (Throwable e) {
                LOG.atDebug().setCause(e).addKeyValue("partition", partition).log("A waiting fetch ends with an error");
                return true;
            }
        }
        return bytes >= minBytes;
    }

    /** Bytes between a position and what may be read, -1 if that cannot be told because another segment has begun. */
    private static long available(UnifiedLog log, LogOffsetMetadata start, FetchIsolation isolation)
            throws IOException {
        LogOffsetSnapshot now = log.fetchOffsetSnapshot();
        LogOffsetMetadata end =
                switch (isolation) {
                    case LOG_END -> now.logEndOffset();
                    case HIGH_WATERMARK -> now.highWatermark();
                    case TXN_COMMITTED -> now.lastStableOffset();
                };
        if (start.messageOffset == end.messageOffset) {
            return 0;
        }
        if (start.messageOffset > end.messageOffset || !start.onSameSegment(end)) {
            return -1;
        }
        return end.positionDiff(start);
    }
}
