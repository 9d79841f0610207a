package io.millrace.layers.step;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a record in a step: it passed (the record itself, perhaps changed), was dropped by a rule, failed, or became several. */
public sealed interface Outcome permits StepRecord, Outcome.Dropped, Outcome.Failed, Outcome.Exploded {

    /** For callers that must branch. */
    enum Kind {
        PASSED,
        DROPPED,
        FAILED,
        EXPLODED
    }

    Kind kind();

    /**
     * Left out, by a rule that says so.
     *
     * @param rule it is counted under
     * @param rowGone whether the row has no place in the table any more; false where the record says nothing of a row
     */
    record Dropped(String rule, boolean rowGone) implements Outcome {
        @Override
        public Kind kind() {
            return Kind.DROPPED;
        }
    }

    /**
     * Can never pass: a dead letter.
     *
     * @param step the name of the step
     * @param rule the user's rule, or what stands for it
     * @param code stable
     * @param message what is wrong, without the record's contents
     * @param cause null where no exception told of it
     */
    record Failed(
            String step,
            String rule,
            String code,
            String message,
            @Nullable Throwable cause) implements Outcome {
        @Override
        public Kind kind() {
            return Kind.FAILED;
        }

        /** The same, told of a part of the record. */
        Failed in(String part) {
            return new Failed(step, rule, code, part + ": " + message, cause);
        }
    }

    /**
     * Became several records, each of which passed or was dropped.
     *
     * @param parts one or more, in order; none is a failure
     */
    record Exploded(List<Outcome> parts) implements Outcome {
        public Exploded {
            parts = List.copyOf(parts);
        }

        @Override
        public Kind kind() {
            return Kind.EXPLODED;
        }
    }
}
