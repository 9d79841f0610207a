package io.millrace.pipeline.step;

import io.millrace.expression.type.RowType;

/** A step of a stream, checked. */
public sealed interface Step
        permits Unwrap,
                Rename,
                Keep,
                Drop,
                SetFields,
                Cast,
                Standardise,
                Validate,
                Filter,
                Lookup,
                Aggregate,
                Smt,
                Parse,
                Mask,
                Flatten,
                Explode,
                Route,
                Dedupe,
                KeyBy,
                ToTable {

    /** Which step this is, for callers that must branch. */
    enum Kind {
        UNWRAP,
        RENAME,
        KEEP,
        DROP,
        SET,
        CAST,
        STANDARDISE,
        VALIDATE,
        FILTER,
        LOOKUP,
        AGGREGATE,
        SMT,
        PARSE,
        MASK,
        FLATTEN,
        EXPLODE,
        ROUTE,
        DEDUPE,
        KEY,
        TABLE
    }

    Kind kind();

    /** The step's word in YAML, with a number from the second of its kind on: unique within its stream, {@code set}, {@code set-2}. */
    String name();

    /** The type of what leaves this step, given the type of what enters it. */
    RowType outputType(RowType input);
}
