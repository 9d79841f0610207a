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
 * @param from the stream it reads
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
}
