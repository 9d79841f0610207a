package io.millrace.pipeline.model;

import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlNode;
import java.util.Optional;

/**
 * A step as written: one word and what it is given.
 *
 * @param place of the word
 * @param window what stands beside an aggregate
 */
public record StepModel(String word, Place place, YamlNode body, Optional<StepModel> window) {
    public StepModel(String word, Place place, YamlNode body) {
        this(word, place, body, Optional.empty());
    }
}
