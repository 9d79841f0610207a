package io.millrace.connectors.jdbc.dialect;

import io.millrace.connectors.jdbc.table.Column;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.function.UnaryOperator;

/**
 * Keeps a replayed dead letter from the place of a row that comes from a later record of the same raw topic-partition. The records of a key keep
 * their order from there to the sink, so that row is the newer one.
 *
 * @param column that holds the origins of a table's rows, text
 * @param origin of the replayed record, {@code <topic>-<partition>@<offset>}
 */
public record OriginGuard(Column column, String origin) {

    /**
     * The condition that a row is from a later record: null for a row without origin, and false for one of another topic-partition. Offsets have no
     * leading zeros, so of two the longer text is the greater, and of two of one length the one that sorts later. Its parameters are set by
     * {@link #bind}.
     *
     * @param exact makes a text compare by its bytes
     * @param origins the column, quoted
     */
    String newer(UnaryOperator<String> exact, String origins) {
        String length = "length(" + origins + ")";
        return "(" + exact.apply("substr(" + origins + ", 1, " + prefix().length() + ")") + " = " + exact.apply("?")
                + " AND (" + length + " > " + origin.length() + " OR " + length + " = " + origin.length() + " AND "
                + origins + " > ?))";
    }

    /** @return the parameter after its own */
    int bind(PreparedStatement statement, int first) throws SQLException {
        statement.setString(first, prefix());
        statement.setString(first + 1, origin);
        return first + 2;
    }

    /** Topic and partition, with the sign before the offset. */
    private String prefix() {
        return origin.substring(0, origin.indexOf('@') + 1);
    }
}
