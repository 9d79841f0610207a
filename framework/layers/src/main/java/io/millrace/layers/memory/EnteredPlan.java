package io.millrace.layers.memory;

import io.millrace.api.RawStream;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.step.Lookup;
import io.millrace.pipeline.step.Route;
import io.millrace.pipeline.step.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A plan in which some streams are entered: each reads a topic of its own in place of its input, and keeps its key and contract and tells its
 * branches, but runs no other steps. Streams that nothing of what is entered reaches are left out.
 */
final class EnteredPlan {
    private static final String GIVEN = "given.";

    private EnteredPlan() {}

    static PipelinePlan of(PipelinePlan plan, Set<StreamName> given) {
        Set<StreamName> needed = needed(plan.streams(), given);
        List<RawStreamPlan> raw = new ArrayList<>(plan.raw());
        List<StreamPlan> streams = new ArrayList<>();
        for (StreamPlan stream : plan.streams()) {
            if (!needed.contains(stream.name())) {
                continue;
            }
            if (!given.contains(stream.name())) {
                streams.add(stream);
                continue;
            }
            StreamName from = new StreamName(StreamName.RAW, GIVEN + stream.name());
            raw.add(new RawStreamPlan(
                    from, topic(stream), stream.name().toString(), stream.kind(), RawStream.Format.DEBEZIUM));
            streams.add(new StreamPlan(
                    stream.name(),
                    stream.topic(),
                    stream.kind(),
                    from,
                    stream.key(),
                    stream.steps().stream().filter(Route.class::isInstance).toList(),
                    stream.contract(),
                    stream.type()));
        }
        return new PipelinePlan(
                plan.pipeline(),
                plan.file(),
                raw,
                streams,
                List.of(),
                List.of(),
                plan.deadLetterTopic(),
                plan.onError());
    }

    /** Where records enter a stream of the layers; not its own topic, which is written too. */
    static String topic(StreamPlan stream) {
        return GIVEN + stream.topic();
    }

    /** What is entered, all that it reaches, and what those look at besides. */
    private static Set<StreamName> needed(List<StreamPlan> streams, Set<StreamName> given) {
        Set<StreamName> reached = new HashSet<>(given);
        for (StreamPlan stream : streams) {
            if (inputs(stream).stream().anyMatch(reached::contains)) {
                reached.add(stream.name());
            }
        }
        Set<StreamName> needed = new HashSet<>(reached);
        for (int i = streams.size() - 1; i >= 0; i--) {
            StreamPlan stream = streams.get(i);
            if (needed.contains(stream.name()) && !given.contains(stream.name())) {
                needed.addAll(inputs(stream));
            }
        }
        return needed;
    }

    private static List<StreamName> inputs(StreamPlan stream) {
        List<StreamName> inputs = new ArrayList<>(List.of(stream.from()));
        for (Step step : stream.steps()) {
            if (step instanceof Lookup lookup) {
                inputs.add(lookup.table());
            }
        }
        return inputs;
    }
}
