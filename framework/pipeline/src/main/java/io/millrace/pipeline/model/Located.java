package io.millrace.pipeline.model;

import io.millrace.pipeline.yaml.Place;

/** A value and where it was written. */
public record Located<T>(T value, Place place) {}
