package io.millrace.layers.topology;

import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Gathering;
import io.millrace.layers.record.TimedEvent;
import io.millrace.layers.record.Totals;
import io.millrace.layers.step.Outcome;
import io.millrace.pipeline.step.Aggregate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Adds events to their group, which has no end. */
final class RunningProcessor implements Processor<Bytes, TimedEvent, Bytes, Emission<Totals>> {
    private final Aggregate aggregate;
    private final String store;
    private final Gathering gathering;
    private final DeadLetters deadLetters;
    private final StreamCounters counters;
    private final Reentry reentry;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private ProcessorContext<Bytes, Emission<Totals>> context;

    @SuppressWarnings("NullAway.Init") // as above
    private KeyValueStore<Bytes, Totals> totals;

    /**
     * @param store the name of the store of totals
     * @param reentry of events that cannot be added
     */
    RunningProcessor(
            Aggregate aggregate, String store, DeadLetters deadLetters, StreamCounters counters, Reentry reentry) {
        this.aggregate = aggregate;
        this.store = store;
        this.gathering = gathering(aggregate);
        this.deadLetters = deadLetters;
        this.counters = counters;
        this.reentry = reentry;
    }

    static Gathering gathering(Aggregate aggregate) {
        return new Gathering(aggregate.aggregations().stream()
                .map(aggregation -> aggregation.aggregate().function())
                .toList());
    }

    @Override
    public void init(ProcessorContext<Bytes, Emission<Totals>> processorContext) {
        context = processorContext;
        totals = processorContext.getStateStore(store);
    }

    @Override
    public void process(Record<Bytes, TimedEvent> entered) {
        TimedEvent event = entered.value();
        Totals next;
        try {
            next = gathering.plus(totals.get(entered.key()), event.contribution(), event.moment());
        } catch (EvaluationException e) {
            counters.in().increment();
            String message = String.valueOf(e.getMessage());
            Outcome.Failed failed = new Outcome.Failed(aggregate.name(), aggregate.name(), e.code(), message, e);
            context.forward(deadLetters.of(entered, failed, reentry));
            return;
        }
        totals.put(entered.key(), next);
        Emission<Totals> emission = new Emission.Change<>(next);
        context.forward(entered.withValue(emission));
    }
}
