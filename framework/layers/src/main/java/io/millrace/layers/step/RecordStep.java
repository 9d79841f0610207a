package io.millrace.layers.step;

/** A step that looks at one record at a time. Owned by one thread. */
public interface RecordStep extends AutoCloseable {

    /** As in the pipeline, for example {@code set-2}; the end of a dead letter's stage. */
    String name();

    /**
     * Runs the step on a record that is not a delete, except that {@code unwrap} sees all.
     *
     * @throws io.millrace.expression.type.EvaluationException when the record cannot be evaluated
     * @throws StepRecord.NotARowException when the record is not a row and must be
     */
    Outcome apply(StepRecord input);

    @Override
    default void close() {}
}
