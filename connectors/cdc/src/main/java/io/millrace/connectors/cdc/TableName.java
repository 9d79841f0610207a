package io.millrace.connectors.cdc;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A table as a section names it, {@code schema.table}. Names are those of the catalog: not folded to lower case.
 *
 * @param schema letters, digits, {@code _} and {@code -}
 * @param table the same; it becomes part of a topic's name
 */
record TableName(String schema, String table) {
    private static final Pattern SHAPE = Pattern.compile("([A-Za-z0-9_-]+)\\.([A-Za-z0-9_-]+)");

    static Optional<TableName> parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        return matcher.matches() ? Optional.of(new TableName(matcher.group(1), matcher.group(2))) : Optional.empty();
    }

    /** As a regular expression that matches this table only. */
    String pattern() {
        return schema + "\\." + table;
    }

    /** As SQL names it. */
    String quoted() {
        return "\"" + schema + "\".\"" + table + "\"";
    }

    @Override
    public String toString() {
        return schema + "." + table;
    }
}
