/**
 * A pipeline's tests, read from its {@code tests:} block and checked: streams that are there, fields that their rows have, values of the
 * fields' types. {@link io.millrace.pipeline.testcase.TestReader} reads, {@link io.millrace.pipeline.testcase.TestCase} is one test: what
 * enters, in order and with the clock, and what is expected, each with its place in the file.
 *
 * <p>Nothing runs here: the layers' in-memory runner does. Invariants: what {@link io.millrace.pipeline.testcase.Fixture} holds can be
 * written as its stream writes it; numbers are those that were typed, never by way of double; an expectation names what it leaves open.
 */
@NullMarked
package io.millrace.pipeline.testcase;

import org.jspecify.annotations.NullMarked;
