/**
 * What happens when a record or a task fails. {@link io.millrace.worker.fault.ErrorPolicy} is what the connector's {@code errors.*} say;
 * {@link io.millrace.worker.fault.StageRunner} retries what may pass later; what can never pass becomes a
 * {@link io.millrace.worker.fault.RecordFailure} and, where it is tolerated, a record of the dead letter topic by
 * {@link io.millrace.worker.fault.DeadLetterTopic}. Of a source's
 * record the letter holds what the connector gave, by {@link io.millrace.worker.fault.SourceLetter}, so that it can enter again. A task that
 * fails starts again after {@link io.millrace.worker.fault.RestartBackoff}.
 *
 * <p>Invariant: nothing here writes. A dead letter is a value until the task's transaction takes it.
 */
@NullMarked
package io.millrace.worker.fault;

import org.jspecify.annotations.NullMarked;
