package io.millrace.pipeline.check;

import io.millrace.pipeline.step.Step;
import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlNode;
import java.util.Optional;

/** Reads what one kind of step is given, and checks it where it stands. */
@FunctionalInterface
interface StepCheck {

    /**
     * The checked step, or empty with problems told.
     *
     * @param place of the step's word
     * @param body what it is given
     */
    Optional<Step> check(Place place, YamlNode body, StepScope scope);
}
