package io.millrace.worker.task;

import java.util.Map;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.source.TransactionContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/** What a source task sees of its worker. */
record SourceContext(
        Map<String, String> configs,
        OffsetStorageReader offsetStorageReader,
        @Nullable TransactionContext boundaries,
        PluginMetrics pluginMetrics)
        implements SourceTaskContext {

    @Override
    @SuppressWarnings("NullAway") // the Connect API answers null where the connector draws no boundaries
    public TransactionContext transactionContext() {
        return boundaries;
    }

    /** The configuration may hold secrets, so it is not shown. */
    @Override
    public String toString() {
        return "SourceContext";
    }
}
