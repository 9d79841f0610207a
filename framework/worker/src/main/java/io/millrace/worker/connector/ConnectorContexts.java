package io.millrace.worker.connector;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.connector.ConnectorContext;
import org.apache.kafka.connect.sink.SinkConnectorContext;
import org.apache.kafka.connect.source.SourceConnectorContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/** What a connector sees of its worker. Its methods may be called from any thread. */
final class ConnectorContexts {
    private ConnectorContexts() {}

    /** The wishes of a connector; both return at once. */
    record Wishes(Runnable reconfigure, Consumer<Exception> error, PluginMetrics metrics) {}

    static ConnectorContext of(boolean source, Wishes wishes, Supplier<OffsetStorageReader> offsets) {
        return source ? new OfSource(wishes, offsets) : new OfSink(wishes);
    }

    private record OfSink(Wishes wishes) implements SinkConnectorContext {
        @Override
        public void requestTaskReconfiguration() {
            wishes.reconfigure().run();
        }

        @Override
        public void raiseError(Exception error) {
            wishes.error().accept(error);
        }

        @Override
        public PluginMetrics pluginMetrics() {
            return wishes.metrics();
        }
    }

    private record OfSource(Wishes wishes, Supplier<OffsetStorageReader> offsets) implements SourceConnectorContext {
        @Override
        public void requestTaskReconfiguration() {
            wishes.reconfigure().run();
        }

        @Override
        public void raiseError(Exception error) {
            wishes.error().accept(error);
        }

        @Override
        public PluginMetrics pluginMetrics() {
            return wishes.metrics();
        }

        @Override
        public OffsetStorageReader offsetStorageReader() {
            return offsets.get();
        }
    }
}
