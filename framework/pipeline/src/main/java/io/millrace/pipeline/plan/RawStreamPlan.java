package io.millrace.pipeline.plan;

import io.millrace.api.RawStream;
import io.millrace.pipeline.model.StreamName;

/**
 * A stream that a source writes.
 *
 * @param name its name; the layer is raw
 * @param topic where its records are
 * @param source the section that makes it
 * @param kind what records mean
 * @param format how values are written
 */
public record RawStreamPlan(
        StreamName name, String topic, String source, RawStream.Kind kind, RawStream.Format format) {}
