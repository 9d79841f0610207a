package io.millrace.broker.server;

import java.nio.ByteBuffer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.memory.SimpleMemoryPool;
import org.apache.kafka.common.metrics.Sensor;

/**
 * The memory of requests that are being read or wait to be handled. Where it is used up, nothing more of the large ones is read; small ones, as
 * all but writes are, are always read, so that some slow writers do not stop readers, heartbeats and administrators. A connection has no more than
 * one request in it, so the limit of connections is a limit of these too. Thread-safe.
 */
final class RequestMemory extends SimpleMemoryPool {
    static final int SMALL_BYTES = 16 << 10;

    /**
     * @param bytes of all large requests; the last one that is read may go beyond it
     * @param largest of one request
     * @param exhausted measures for how long there was none left
     */
    RequestMemory(long bytes, int largest, Sensor exhausted) {
        super(bytes, largest, false, exhausted);
    }

    /** @throws KafkaException if the heap has no room for it, which ends the connection; an error would end what the thread does for all */
    @Override
    public ByteBuffer tryAllocate(int bytes) {
        boolean small = bytes > 0 && bytes <= Math.min(SMALL_BYTES, maxSingleAllocationSize);
        try {
            return small ? ByteBuffer.allocate(bytes) : super.tryAllocate(bytes);
        } catch (OutOfMemoryError e) {
            if (!small) {
                // it was taken from the pool before it was asked of the heap
                availableMemory.addAndGet(bytes);
            }
            throw new KafkaException("The heap has no room for a request of " + bytes + " bytes", e);
        }
    }

    @Override
    public void release(ByteBuffer buffer) {
        if (buffer.capacity() > SMALL_BYTES) {
            super.release(buffer);
        }
    }
}
