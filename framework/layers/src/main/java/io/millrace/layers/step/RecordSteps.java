package io.millrace.layers.step;

import io.millrace.expression.type.EvaluationException;
import io.millrace.pipeline.step.Cast;
import io.millrace.pipeline.step.Drop;
import io.millrace.pipeline.step.Explode;
import io.millrace.pipeline.step.Filter;
import io.millrace.pipeline.step.Flatten;
import io.millrace.pipeline.step.Keep;
import io.millrace.pipeline.step.Mask;
import io.millrace.pipeline.step.Parse;
import io.millrace.pipeline.step.Rename;
import io.millrace.pipeline.step.Route;
import io.millrace.pipeline.step.SetFields;
import io.millrace.pipeline.step.Smt;
import io.millrace.pipeline.step.Standardise;
import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.step.Unwrap;
import io.millrace.pipeline.step.Validate;
import io.millrace.plugin.record.TransformChain;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/** Steps in a row, run until a record is dropped or fails. Nothing is thrown: a record that a step chokes on has failed. Owned by one thread. */
public final class RecordSteps implements AutoCloseable {

    /** Makes the transform of an {@code smt} step. */
    @FunctionalInterface
    public interface Transforms {
        TransformChain<SinkRecord> make(Smt declaration);
    }

    private final List<RecordStep> steps;

    public RecordSteps(List<RecordStep> steps) {
        this.steps = List.copyOf(steps);
    }

    /** The running step of a declaration; not for those that are parts of a topology: {@code lookup}, {@code aggregate}, {@code dedupe}, {@code key}, {@code table}. */
    public static RecordStep of(Step declaration, Transforms transforms) {
        return switch (declaration.kind()) {
            case UNWRAP -> new UnwrapStep((Unwrap) declaration);
            case RENAME -> new RenameStep((Rename) declaration);
            case KEEP -> new KeepStep((Keep) declaration);
            case DROP -> new DropStep((Drop) declaration);
            case SET -> new SetStep((SetFields) declaration);
            case CAST -> new CastStep((Cast) declaration);
            case STANDARDISE -> new StandardiseStep((Standardise) declaration);
            case VALIDATE -> new ValidateStep((Validate) declaration);
            case FILTER -> new FilterStep((Filter) declaration);
            case SMT -> new SmtStep((Smt) declaration, transforms.make((Smt) declaration));
            case PARSE -> new ParseStep((Parse) declaration);
            case MASK -> new MaskStep((Mask) declaration);
            case FLATTEN -> new FlattenStep((Flatten) declaration);
            case EXPLODE -> new ExplodeStep((Explode) declaration);
            case ROUTE -> new RouteStep((Route) declaration);
            case LOOKUP, AGGREGATE, DEDUPE, KEY, TABLE ->
                throw new IllegalArgumentException(
                        "'" + declaration.name() + "' does not look at one record at a time");
        };
    }

    public Outcome apply(StepRecord input) {
        return apply(input, 0);
    }

    private Outcome apply(StepRecord input, int first) {
        StepRecord current = input;
        for (int i = first; i < steps.size(); i++) {
            RecordStep step = steps.get(i);
            if (current.isDelete() && !(step instanceof UnwrapStep)) {
                continue;
            }
            Outcome outcome = run(step, current);
            if (outcome instanceof Outcome.Exploded exploded) {
                return each(exploded, step, i + 1);
            }
            if (!(outcome instanceof StepRecord next)) {
                return outcome;
            }
            current = next;
        }
        return current;
    }

    /** What becomes of each part; the failure of one is that of all, so that the record fails whole or passes whole. */
    private Outcome each(Outcome.Exploded exploded, RecordStep exploding, int next) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < exploded.parts().size(); i++) {
            if (!(exploded.parts().get(i) instanceof StepRecord part)) {
                outcomes.add(exploded.parts().get(i));
                continue;
            }
            Outcome outcome = apply(part, next);
            if (outcome instanceof Outcome.Failed failed) {
                return failed.in(
                        "element " + (i + 1) + " of " + exploded.parts().size());
            }
            if (outcome instanceof Outcome.Exploded inner) {
                outcomes.addAll(inner.parts());
            } else {
                outcomes.add(outcome);
            }
            if (outcomes.size() > Explode.MOST_ELEMENTS) {
                String message = "its elements have elements of their own, and one record makes at most "
                        + Explode.MOST_ELEMENTS + " of all";
                return new Outcome.Failed(exploding.name(), exploding.name(), "explode.too-many", message, null);
            }
        }
        return new Outcome.Exploded(outcomes);
    }

    private static Outcome run(RecordStep step, StepRecord input) {
        try {
            return step.apply(input);
        } catch (RecordFault e) {
            return new Outcome.Failed(step.name(), e.rule(), e.code(), String.valueOf(e.getMessage()), null);
        } catch (EvaluationException e) {
            return failed(step, e.code(), e);
        } catch (StepRecord.NotARowException e) {
            return failed(step, "layers.not-a-row", e);
        } catch (RuntimeException e) {
            // A step does no I/O: what it throws on a record it throws again.
            return failed(step, "layers.unexpected", e);
        }
    }

    private static Outcome failed(RecordStep step, String code, RuntimeException e) {
        return new Outcome.Failed(step.name(), step.name(), code, String.valueOf(e.getMessage()), e);
    }

    @Override
    public void close() {
        steps.forEach(RecordStep::close);
    }
}
