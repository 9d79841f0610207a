/**
 * How Millrace says what is wrong: every message has a stable code, a place, what is wrong with the offending value, and what to
 * do. Bad input is collected in {@link io.millrace.foundation.error.Problems} so that all of it is told at once, then thrown once as
 * {@link io.millrace.foundation.error.ProblemException}.
 */
@NullMarked
package io.millrace.foundation.error;

import org.jspecify.annotations.NullMarked;
