package io.millrace.connectors.jdbc.table;

/**
 * How a database reads values that are written as text, and what it cannot hold.
 *
 * @param yes true
 * @param no false
 * @param zone what follows an instant in UTC
 * @param takesNul whether a text may hold the character NUL
 * @param takesNotFinite whether a float may be NaN or infinite
 * @param firstYear of dates and timestamps
 * @param lastYear of dates and timestamps
 */
public record TextRules(
        String yes, String no, String zone, boolean takesNul, boolean takesNotFinite, int firstYear, int lastYear) {}
