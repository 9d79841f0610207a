package io.millrace.layers.topology;

import io.millrace.expression.Scope;
import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Identity;
import io.millrace.layers.record.Row;
import io.millrace.layers.step.Outcome;
import io.millrace.layers.step.StepRecord;
import io.millrace.pipeline.step.Dedupe;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.jspecify.annotations.Nullable;

/** Works out what makes an event the same as another. One whose identity cannot be evaluated is a dead letter. */
final class IdentityProcessor implements FixedKeyProcessor<Bytes, Row, Emission<Carried>> {
    private final Dedupe dedupe;
    private final RowInput input;
    private final DeadLetters deadLetters;
    private final StreamCounters counters;
    private final Identity identity = new Identity();

    @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
    private FixedKeyProcessorContext<Bytes, Emission<Carried>> context;

    IdentityProcessor(Dedupe dedupe, RowInput input, DeadLetters deadLetters, StreamCounters counters) {
        this.dedupe = dedupe;
        this.input = input;
        this.deadLetters = deadLetters;
        this.counters = counters;
    }

    @Override
    public void init(FixedKeyProcessorContext<Bytes, Emission<Carried>> processorContext) {
        context = processorContext;
    }

    @Override
    public void process(FixedKeyRecord<Bytes, Row> entered) {
        Bytes same;
        try {
            same = identity.of(parts(entered));
        } catch (EvaluationException e) {
            fail(entered, e.code(), String.valueOf(e.getMessage()), e);
            return;
        } catch (RuntimeException e) {
            // What a row makes an expression throw it makes it throw again: the row's fault, not the thread's end.
            fail(entered, "layers.unexpected", e.toString(), e);
            return;
        }
        Emission<Carried> emission = new Emission.Change<>(new Carried(same, entered.key(), entered.value()));
        context.forward(entered.withValue(emission));
    }

    private List<@Nullable Object> parts(FixedKeyRecord<Bytes, Row> entered) {
        List<@Nullable Object> parts = new ArrayList<>();
        if (dedupe.by().isEmpty()) {
            parts.add(entered.value().value());
            return parts;
        }
        Scope scope = ((StepRecord) input.open(entered, null)).scope();
        for (Dedupe.By by : dedupe.by()) {
            parts.add(by.expression().evaluate(scope));
        }
        return parts;
    }

    private void fail(FixedKeyRecord<Bytes, Row> entered, String code, String message, RuntimeException e) {
        counters.in().increment();
        Outcome.Failed failed = new Outcome.Failed(dedupe.name(), dedupe.name(), code, message, e);
        context.forward(deadLetters.of(entered, null, failed, input));
    }
}
