package io.millrace.connectors.jdbc.table;

/**
 * A column of a table that is there.
 *
 * @param name as the database has it
 * @param sqlType its type as the database writes it, without length, good for a cast
 * @param optional whether a row can be inserted without it: nullable, or with a default
 * @param nullable whether null can be written
 * @param writable false for one that the database computes
 */
public record Column(
        String name, ColumnType type, String sqlType, boolean optional, boolean nullable, boolean writable) {}
