package io.millrace.layers.topology;

import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Contribution;
import io.millrace.layers.record.Row;
import io.millrace.layers.step.Outcome;
import io.millrace.layers.step.StepRecord;
import io.millrace.pipeline.step.Aggregate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.jspecify.annotations.Nullable;

/** Works out what a row adds to its group. A row that cannot be evaluated is a dead letter; what it added before stays. */
final class ContributionProcessor implements FixedKeyProcessor<Bytes, Row, Emission<Contribution>> {
    private final Aggregate aggregate;
    private final RowInput input;
    private final Contributor contributor;
    private final DeadLetters deadLetters;
    private final StreamCounters counters;

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private FixedKeyProcessorContext<Bytes, Emission<Contribution>> context;

    ContributionProcessor(
            Aggregate aggregate,
            RowInput input,
            Contributor contributor,
            DeadLetters deadLetters,
            StreamCounters counters) {
        this.aggregate = aggregate;
        this.input = input;
        this.contributor = contributor;
        this.deadLetters = deadLetters;
        this.counters = counters;
    }

    @Override
    public void init(FixedKeyProcessorContext<Bytes, Emission<Contribution>> processorContext) {
        context = processorContext;
    }

    @Override
    public void process(FixedKeyRecord<Bytes, Row> entered) {
        Row row = entered.value();
        if (row == null) {
            forward(entered, null);
            return;
        }
        Contribution contribution;
        try {
            contribution = contributor.of(((StepRecord) input.open(entered, null)).scope());
        } catch (EvaluationException e) {
            fail(entered, e.code(), String.valueOf(e.getMessage()), e);
            return;
        } catch (RuntimeException e) {
            // What a row makes an expression throw it makes it throw again: the row's fault, not the thread's end.
            fail(entered, "layers.unexpected", e.toString(), e);
            return;
        }
        forward(entered, contribution);
    }

    private void fail(FixedKeyRecord<Bytes, Row> entered, String code, String message, RuntimeException e) {
        counters.in().increment();
        Outcome.Failed failed =
                new Outcome.Failed(aggregate.name(), WindowTimes.rule(aggregate, code), code, message, e);
        context.forward(deadLetters.of(entered, null, failed, input));
    }

    private void forward(FixedKeyRecord<Bytes, Row> entered, @Nullable Contribution contribution) {
        Emission<Contribution> emission = new Emission.Change<>(contribution);
        context.forward(entered.withValue(emission));
    }
}
