/** The live summary of a run: numbers in ({@link io.millrace.app.summary.Summary}), lines of text out. Pure. */
@NullMarked
package io.millrace.app.summary;

import org.jspecify.annotations.NullMarked;
