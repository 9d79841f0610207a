/**
 * What the steps of a stream are: one record per step, holding its checked configuration. {@link io.millrace.pipeline.step.Step#kind()}
 * lets the layers choose how to run it; how its output is typed is its own business ({@link io.millrace.pipeline.step.Step#outputType}).
 *
 * <p>On a table every step but {@code unwrap} leaves a null value (a delete) alone and passes it on.
 */
@NullMarked
package io.millrace.pipeline.step;

import org.jspecify.annotations.NullMarked;
