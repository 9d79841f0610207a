package io.millrace.layers.topology;

import io.millrace.layers.record.Contribution;
import io.millrace.layers.record.GroupChange;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Remembers what each row of a table added to which group, and tells the groups what a change of the row changes. */
final class RowChangeProcessor implements Processor<Bytes, Contribution, Bytes, GroupChange> {
    private final String store;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private ProcessorContext<Bytes, GroupChange> context;

    @SuppressWarnings("NullAway.Init") // as above
    private KeyValueStore<Bytes, Contribution> rows;

    RowChangeProcessor(String store) {
        this.store = store;
    }

    @Override
    public void init(ProcessorContext<Bytes, GroupChange> processorContext) {
        context = processorContext;
        rows = processorContext.getStateStore(store);
    }

    @Override
    public void process(Record<Bytes, Contribution> entered) {
        Contribution before = rows.get(entered.key());
        Contribution now = entered.value();
        if (now == null) {
            rows.delete(entered.key());
        } else {
            rows.put(entered.key(), now);
        }
        if (before != null && now != null && before.group().equals(now.group())) {
            forward(entered, now.group(), before, now);
            return;
        }
        if (before != null) {
            forward(entered, before.group(), before, null);
        }
        if (now != null) {
            forward(entered, now.group(), null, now);
        }
    }

    private void forward(
            Record<Bytes, Contribution> entered,
            Bytes group,
            @Nullable Contribution minus,
            @Nullable Contribution plus) {
        context.forward(entered.withKey(group).withValue(new GroupChange(minus, plus)));
    }
}
