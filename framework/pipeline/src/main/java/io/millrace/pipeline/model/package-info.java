/**
 * What a user wrote, as records that mirror the YAML one to one: {@link io.millrace.pipeline.model.PipelineModel} and its parts, made by
 * {@link io.millrace.pipeline.model.ModelReader} from the tree of {@code io.millrace.pipeline.yaml}. The reader tells of unknown fields,
 * missing fields and values of the wrong kind; whether names lead anywhere and types fit is the business of
 * {@code io.millrace.pipeline.check}. A part that cannot be read is left out, so that the rest is still checked.
 */
@NullMarked
package io.millrace.pipeline.model;

import org.jspecify.annotations.NullMarked;
