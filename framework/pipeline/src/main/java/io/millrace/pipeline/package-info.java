/**
 * From a pipeline file to what is to run. {@link io.millrace.pipeline.PipelineLoader} reads and checks a file, offline: its result,
 * {@link io.millrace.pipeline.CheckedPipeline}, knows streams, types and references; with the references answered it gives the
 * {@link io.millrace.pipeline.plan.PipelinePlan} that worker and layers run.
 *
 * <p>The way: {@code yaml} (text to a tree with places), {@code model} (the tree to records that mirror it), {@code check} (names, layers,
 * types; all problems at once), {@code plan} and {@code step} (what runs, as pure data). {@code reference} holds what stands for values
 * from outside. Nothing here opens a socket, starts a thread, or reads anything but the one file it is given.
 */
@NullMarked
package io.millrace.pipeline;

import org.jspecify.annotations.NullMarked;
