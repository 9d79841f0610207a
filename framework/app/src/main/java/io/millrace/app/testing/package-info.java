/**
 * Runs the tests of a pipeline, in memory. {@link io.millrace.app.testing.TestRunner} lets a test's records enter the layers and compares
 * what comes out; {@link io.millrace.app.testing.TestReport} and {@link io.millrace.app.testing.JUnitReport} tell it.
 *
 * <p>Invariants: all that differs is told, each with the place of its expectation; a dead letter or a late record that a test does not speak
 * of fails it, and so does a field that it does not name and that is not null.
 */
@NullMarked
package io.millrace.app.testing;

import org.jspecify.annotations.NullMarked;
