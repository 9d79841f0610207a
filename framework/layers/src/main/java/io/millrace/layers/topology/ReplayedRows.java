package io.millrace.layers.topology;

import io.millrace.layers.record.Origin;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowCodec;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Rows of an earlier stream that enter again. Of a table only the row that it has now: an older one would undo a change. */
final class ReplayedRows implements FixedKeyProcessor<Bytes, byte[], Row> {
    private final ReplayFilter filter;
    private final RowCodec codec;
    private final Optional<String> digests;
    private final StreamCounters counters;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private FixedKeyProcessorContext<Bytes, Row> context;

    private @Nullable KeyValueStore<Bytes, byte[]> table;

    ReplayedRows(ReplayFilter filter, RowCodec codec, Optional<String> digests, StreamCounters counters) {
        this.filter = filter;
        this.codec = codec;
        this.digests = digests;
        this.counters = counters;
    }

    @Override
    public void init(FixedKeyProcessorContext<Bytes, Row> processorContext) {
        context = processorContext;
        digests.ifPresent(name -> table = processorContext.getStateStore(name));
    }

    @Override
    @SuppressWarnings("NullAway") // Kafka's interface is not annotated: null deletes
    public void process(FixedKeyRecord<Bytes, byte[]> entered) {
        if (!filter.takes(entered.headers())) {
            return;
        }
        byte[] json = entered.value();
        if (table != null && !isCurrent(table, entered.key(), json)) {
            counters.in().increment();
            counters.drop(Replays.SUPERSEDED);
            return;
        }
        context.forward(entered.withValue(json == null ? null : Row.ofJson(codec, Origin.of(entered.headers()), json)));
    }

    private static boolean isCurrent(KeyValueStore<Bytes, byte[]> table, @Nullable Bytes key, byte @Nullable [] json) {
        if (key == null) {
            return false;
        }
        byte[] now = table.get(key);
        return json == null ? now == null : RowDigest.isOf(now, json);
    }
}
