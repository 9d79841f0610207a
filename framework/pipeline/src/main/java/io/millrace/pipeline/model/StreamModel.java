package io.millrace.pipeline.model;

import io.millrace.pipeline.yaml.Place;
import java.util.List;
import java.util.Optional;

/**
 * A stream as written.
 *
 * @param layer its layer
 * @param name within the layer
 * @param place of its name
 * @param from the stream it reads, {@code <layer>.<name>}, or one branch of it, {@code <layer>.<name>.<branch>}
 * @param contract the contract's name
 * @param onError without the pipeline's defaults
 */
public record StreamModel(
        String layer,
        String name,
        Place place,
        Located<String> from,
        Optional<Located<String>> contract,
        List<StepModel> steps,
        ErrorPolicy onError) {
    public StreamModel {
        steps = List.copyOf(steps);
    }

    /** {@code <layer>.<name>}. */
    public String fullName() {
        return layer + "." + name;
    }

    /** The stream it reads, without a branch. */
    public String fromStream() {
        int dot = branchDot();
        return dot < 0 ? from.value() : from.value().substring(0, dot);
    }

    /** The branch of that stream; empty for all of it. */
    public Optional<String> fromBranch() {
        int dot = branchDot();
        return dot < 0 ? Optional.empty() : Optional.of(from.value().substring(dot + 1));
    }

    /** Names have no dots, so the second one is a branch's. */
    private int branchDot() {
        return from.value().indexOf('.', from.value().indexOf('.') + 1);
    }
}
