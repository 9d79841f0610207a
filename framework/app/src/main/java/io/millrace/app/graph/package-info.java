/**
 * A pipeline drawn: {@link io.millrace.app.graph.PipelineGraph} knows who reads whom, {@link io.millrace.app.graph.AsciiGraph} and {@link
 * io.millrace.app.graph.MermaidGraph} draw it. Offline, from a checked pipeline; equal pipelines give equal drawings.
 */
@NullMarked
package io.millrace.app.graph;

import org.jspecify.annotations.NullMarked;
