/**
 * Texts to rows: one {@link io.millrace.layers.parse.RowParser} per format of the step {@code parse}, chosen by
 * {@link io.millrace.layers.parse.RowParsers}. They know nothing of records.
 *
 * <p>Invariants: time in line with the length of the text, whatever the text; a text that is not of the format is a
 * {@link io.millrace.layers.parse.ParseFault} that tells the place in it and never its contents; a parser belongs to one thread.
 */
@NullMarked
package io.millrace.layers.parse;

import org.jspecify.annotations.NullMarked;
