package io.millrace.layers.topology;

import io.millrace.pipeline.step.Cast;
import io.millrace.pipeline.step.Drop;
import io.millrace.pipeline.step.Keep;
import io.millrace.pipeline.step.Lookup;
import io.millrace.pipeline.step.SetFields;
import io.millrace.pipeline.step.Standardise;
import io.millrace.pipeline.step.Step;
import java.util.Collection;
import java.util.List;

/** Which steps leave which fields as they are. */
final class KeptFields {
    private KeptFields() {}

    /** Whether these fields are there after the steps, with the values they had before, in rows that pass. False where that is not sure. */
    static boolean keep(List<Step> steps, Collection<String> fields) {
        return steps.stream().allMatch(step -> keeps(step, fields));
    }

    private static boolean keeps(Step step, Collection<String> fields) {
        return switch (step.kind()) {
            case VALIDATE, FILTER, DEDUPE, KEY, TABLE -> true;
            case KEEP -> ((Keep) step).fields().containsAll(fields);
            case DROP -> ((Drop) step).fields().stream().noneMatch(fields::contains);
            case SET ->
                ((SetFields) step).assignments().stream().noneMatch(assignment -> fields.contains(assignment.field()));
            case CAST -> ((Cast) step).types().keySet().stream().noneMatch(fields::contains);
            case STANDARDISE -> ((Standardise) step).rules().keySet().stream().noneMatch(fields::contains);
            case LOOKUP -> !fields.contains(((Lookup) step).as());
            default -> false;
        };
    }
}
