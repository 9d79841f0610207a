package io.millrace.layers.topology;

import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import io.millrace.plugin.record.ReplayRecord;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Where in its raw topic a record was read, as the store {@code <stream>.failed} keeps it: four bytes of partition, eight of offset.
 *
 * @param offset within the partition
 */
record ReadPlace(int partition, long offset) {
    private static final int BYTES = Integer.BYTES + Long.BYTES;

    /** Of a record that is replayed; empty where it is not known. */
    static Optional<ReadPlace> ofReplay(Headers headers) {
        return of(headers, ReplayHeaders.PARTITION, ReplayHeaders.OFFSET);
    }

    /** Of a dead letter; empty where it is not known. */
    static Optional<ReadPlace> ofDeadLetter(Headers headers) {
        String input = ReplayHeaders.text(headers, DeadLetterHeaders.INPUT);
        return input == null
                ? of(headers, DeadLetterHeaders.PARTITION, DeadLetterHeaders.OFFSET)
                : ReplayRecord.place(input)
                        .map(place -> new ReadPlace(place.topicPartition().partition(), place.offset()));
    }

    private static Optional<ReadPlace> of(Headers headers, String partitionHeader, String offsetHeader) {
        Long partition = ReplayHeaders.number(headers, partitionHeader);
        Long offset = ReplayHeaders.number(headers, offsetHeader);
        return partition == null || offset == null
                ? Optional.empty()
                : Optional.of(new ReadPlace(partition.intValue(), offset));
    }

    static @Nullable ReadPlace read(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length != BYTES) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new ReadPlace(buffer.getInt(), buffer.getLong());
    }

    byte[] write() {
        return ByteBuffer.allocate(BYTES).putInt(partition).putLong(offset).array();
    }

    /** Whether this was read after the other; of two partitions nobody knows. */
    boolean isAfter(ReadPlace other) {
        return partition == other.partition && offset > other.offset;
    }
}
