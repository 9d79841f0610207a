package io.millrace.pipeline.model;

import io.millrace.pipeline.yaml.Place;
import io.millrace.pipeline.yaml.YamlNode;

/**
 * A step as written: one word and what it is given.
 *
 * @param place of the word
 */
public record StepModel(String word, Place place, YamlNode body) {}
