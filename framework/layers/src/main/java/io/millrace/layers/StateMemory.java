package io.millrace.layers;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * The memory that all state stores of one {@link Layers} share: blocks, indexes, filters and write buffers in one bounded cache. Kafka
 * Streams makes the setter by its class, and hands it the object through its configuration. Closed after the stores.
 */
final class StateMemory implements AutoCloseable {
    /** Where the setter finds the object. */
    static final String CONFIG = "millrace.state.memory";

    private static final int BLOCK_BYTES = 16 * 1024;
    private static final int WRITE_BUFFERS = 2;
    private static final long WRITE_BUFFER_BYTES = 4L << 20;
    private static final double INDEX_SHARE = 0.1;

    private final Cache cache;
    private final WriteBufferManager writeBuffers;

    StateMemory(long bytes) {
        RocksDB.loadLibrary();
        this.cache = new LRUCache(bytes, -1, false, INDEX_SHARE);
        this.writeBuffers = new WriteBufferManager(bytes / 2, cache);
    }

    @Override
    public void close() {
        writeBuffers.close();
        cache.close();
    }

    /** Public for Kafka Streams only. */
    public static final class Setter implements RocksDBConfigSetter {
        @Override
        public void setConfig(String storeName, Options options, Map<String, Object> configs) {
            if (!(configs.get(CONFIG) instanceof StateMemory memory)) {
                return;
            }
            BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
            table.setBlockCache(memory.cache);
            table.setBlockSize(BLOCK_BYTES);
            table.setCacheIndexAndFilterBlocks(true);
            table.setCacheIndexAndFilterBlocksWithHighPriority(true);
            table.setPinTopLevelIndexAndFilter(true);
            options.setWriteBufferManager(memory.writeBuffers);
            options.setMaxWriteBufferNumber(WRITE_BUFFERS);
            options.setWriteBufferSize(WRITE_BUFFER_BYTES);
            options.setCompressionType(CompressionType.LZ4_COMPRESSION);
            options.setTableFormatConfig(table);
        }

        @Override
        public void close(String storeName, Options options) {
            // The cache and the buffers belong to StateMemory and outlive a store.
        }
    }
}
