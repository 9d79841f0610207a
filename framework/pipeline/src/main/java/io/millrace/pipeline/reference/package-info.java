/**
 * References such as {@code ${env:NAME:-default}} in the values of sources and sinks. They are found after parsing, never in comments, and
 * answered by a {@link io.millrace.pipeline.reference.ReferenceResolver} that the application gives; this package reads no environment and
 * no file. Invariant: what a reference resolves to is never printed.
 */
@NullMarked
package io.millrace.pipeline.reference;

import org.jspecify.annotations.NullMarked;
