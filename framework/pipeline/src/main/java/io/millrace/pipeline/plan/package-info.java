/**
 * What is to run, worked out from a checked pipeline: topics, connectors, streams in the order in which each finds its inputs. Pure data:
 * the worker runs {@link io.millrace.pipeline.plan.ConnectorPlan}, the layers run {@link io.millrace.pipeline.plan.StreamPlan}.
 */
@NullMarked
package io.millrace.pipeline.plan;

import org.jspecify.annotations.NullMarked;
