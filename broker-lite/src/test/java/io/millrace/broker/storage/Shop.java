package io.millrace.broker.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** A store over a real folder with a clock of its own; a test writes and reads values, kills it, and starts it again. */
final class Shop implements AutoCloseable {
    final ManualTime time;
    final LogStore store;
    final Topics topics;

    private Shop(StorageConfig config, ManualTime time) {
        this.time = time;
        this.store = LogStore.open(config, time, time);
        this.topics = new Topics(store::onMetadata);
    }

    /** Open, with the metadata that the test gives it. */
    static Shop open(Path folder, UnaryOperator<Topics> metadata) {
        return open(StorageConfig.in(folder), new ManualTime(), metadata);
    }

    static Shop open(StorageConfig config, ManualTime time, UnaryOperator<Topics> metadata) {
        Shop shop = new Shop(config, time);
        metadata.apply(shop.topics);
        shop.store.start();
        return shop;
    }

    LogAppendInfo write(TopicPartition partition, String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = record(values[i], values[i]);
        }
        return append(partition, MemoryRecords.withRecords(Compression.NONE, records));
    }

    LogAppendInfo write(TopicIdPartition partition, String value) {
        return store.append(
                partition,
                MemoryRecords.withRecords(Compression.NONE, record(value, value)),
                AppendOrigin.CLIENT,
                VerificationGuard.SENTINEL,
                TransactionVersion.TV_UNKNOWN,
                RequestLocal.noCaching());
    }

    SimpleRecord record(String key, String value) {
        return new SimpleRecord(
                time.milliseconds(), key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    LogAppendInfo append(TopicPartition partition, MemoryRecords records) {
        return store.append(
                partition,
                records,
                AppendOrigin.CLIENT,
                VerificationGuard.SENTINEL,
                TransactionVersion.TV_UNKNOWN,
                RequestLocal.noCaching());
    }

    /** All committed values from the log's start on. */
    List<String> read(TopicPartition partition) {
        try {
            return read(store.log(partition));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static List<String> read(UnifiedLog log) throws IOException {
        List<String> values = new ArrayList<>();
        long offset = log.logStartOffset();
        while (offset < log.highWatermark()) {
            long before = offset;
            for (Record record : log.read(offset, 1 << 20, FetchIsolation.HIGH_WATERMARK, true)
                    .records
                    .records()) {
                if (record.offset() >= offset) {
                    ByteBuffer value = record.value();
                    byte[] bytes = new byte[value.remaining()];
                    value.get(bytes);
                    values.add(new String(bytes, StandardCharsets.UTF_8));
                    offset = record.offset() + 1;
                }
            }
            if (offset == before) {
                break;
            }
        }
        return values;
    }

    /** Waits until the background work of the start is done. */
    Shop recovered() {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!store.health().recovered()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not recovered within 30 s");
            }
            LockSupport.parkNanos(1_000_000);
        }
        return this;
    }

    @Override
    public void close() {
        store.close();
    }
}
