/**
 * A pipeline as written to a pipeline that can be planned: names lead somewhere, layers keep their order, types fit.
 * {@link io.millrace.pipeline.check.PipelineChecker} runs the rules in the order in which they need one another: contracts, sections, the
 * graph of streams, each stream after its inputs, sinks. All problems are told at once; what a problem leaves unknown is treated as open,
 * so that one mistake is told once.
 *
 * <p>Plugins are seen through {@link io.millrace.pipeline.check.ConnectorCatalog} only. Nothing here reads a file, an environment or a
 * network.
 */
@NullMarked
package io.millrace.pipeline.check;

import org.jspecify.annotations.NullMarked;
