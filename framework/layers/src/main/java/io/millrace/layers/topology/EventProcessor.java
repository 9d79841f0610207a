package io.millrace.layers.topology;

import io.millrace.expression.Scope;
import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.TimedEvent;
import io.millrace.layers.step.Outcome;
import io.millrace.layers.step.StepRecord;
import io.millrace.pipeline.step.Aggregate;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/** Works out when an event was, and what it adds to which group. An event that cannot be evaluated is a dead letter. */
final class EventProcessor implements FixedKeyProcessor<Bytes, Row, Emission<TimedEvent>> {
    private final Aggregate aggregate;
    private final Optional<WindowTimes> window;
    private final RowInput input;
    private final Contributor contributor;
    private final DeadLetters deadLetters;
    private final StreamCounters counters;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private FixedKeyProcessorContext<Bytes, Emission<TimedEvent>> context;

    EventProcessor(
            Aggregate aggregate,
            RowInput input,
            Contributor contributor,
            DeadLetters deadLetters,
            StreamCounters counters) {
        this.aggregate = aggregate;
        this.window = aggregate.window().map(WindowTimes::new);
        this.input = input;
        this.contributor = contributor;
        this.deadLetters = deadLetters;
        this.counters = counters;
    }

    @Override
    public void init(FixedKeyProcessorContext<Bytes, Emission<TimedEvent>> processorContext) {
        context = processorContext;
    }

    @Override
    public void process(FixedKeyRecord<Bytes, Row> entered) {
        TimedEvent event;
        try {
            Scope scope = ((StepRecord) input.open(entered, null)).scope();
            long time = window.isPresent() ? window.get().timeOf(scope) : entered.timestamp() * 1_000;
            event = new TimedEvent(contributor.of(scope), time, entered.key(), entered.value());
        } catch (EvaluationException e) {
            fail(entered, e.code(), String.valueOf(e.getMessage()), e);
            return;
        } catch (RuntimeException e) {
            // What a row makes an expression throw it makes it throw again: the row's fault, not the thread's end.
            fail(entered, "layers.unexpected", e.toString(), e);
            return;
        }
        Emission<TimedEvent> emission = new Emission.Change<>(event);
        context.forward(entered.withValue(emission).withHeaders(input.replayable(entered, entered.value())));
    }

    private void fail(FixedKeyRecord<Bytes, Row> entered, String code, String message, RuntimeException e) {
        counters.in().increment();
        Outcome.Failed failed =
                new Outcome.Failed(aggregate.name(), WindowTimes.rule(aggregate, code), code, message, e);
        context.forward(deadLetters.of(entered, null, failed, input));
    }
}
