package io.millrace.pipeline.plan;

import io.millrace.api.RawStream;
import io.millrace.expression.type.RowType;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Step;
import java.util.List;
import java.util.Optional;

/**
 * A stream that the layers make.
 *
 * @param name its name
 * @param topic where it is written; also where it can be entered
 * @param kind what its records mean
 * @param from its input: a raw stream or an earlier stream
 * @param key the fields of its key, in order, where known (a contract, an aggregate, or inherited); else empty and the key of the input
 *     record is kept as it is
 * @param steps in order
 * @param contract what the output must satisfy, exactly these fields; a record that does not is a dead letter of rule {@code contract}
 * @param type of the output: the contract's, or what the steps make
 * @param branch of the input that is read; empty for all of it
 */
public record StreamPlan(
        StreamName name,
        String topic,
        RawStream.Kind kind,
        StreamName from,
        List<String> key,
        List<Step> steps,
        Optional<RowType> contract,
        RowType type,
        Optional<String> branch) {
    public StreamPlan {
        key = List.copyOf(key);
        steps = List.copyOf(steps);
    }

    /** A stream that reads all of its input. */
    public StreamPlan(
            StreamName name,
            String topic,
            RawStream.Kind kind,
            StreamName from,
            List<String> key,
            List<Step> steps,
            Optional<RowType> contract,
            RowType type) {
        this(name, topic, kind, from, key, steps, contract, type, Optional.empty());
    }

    /** The same with other steps. */
    public StreamPlan withSteps(List<Step> others) {
        return new StreamPlan(name, topic, kind, from, key, others, contract, type, branch);
    }

    /** Whether records can come too late for its windows: then it has a {@link PipelinePlan#lateTopic late topic}. */
    public boolean hasLate() {
        return steps.stream().anyMatch(step -> step instanceof Aggregate aggregate && aggregate.hasLate());
    }
}
