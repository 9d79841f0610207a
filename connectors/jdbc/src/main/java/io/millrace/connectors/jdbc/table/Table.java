package io.millrace.connectors.jdbc.table;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A table that is there, as last seen.
 *
 * @param schema its schema, or MySQL's database
 * @param columns by the name as the database compares names
 * @param uniqueKeys columns of its primary key and its other unique indexes, names as the database compares them
 */
public record Table(String schema, String name, Map<String, Column> columns, List<Set<String>> uniqueKeys) {

    public static Table of(
            String schema,
            String name,
            List<Column> columns,
            Collection<Set<String>> keys,
            UnaryOperator<String> fold) {
        Map<String, Column> byName = new LinkedHashMap<>();
        columns.forEach(column -> byName.put(fold.apply(column.name()), column));
        return new Table(
                schema,
                name,
                byName,
                keys.stream()
                        .map(key -> {
                            Set<String> folded = new LinkedHashSet<>();
                            key.forEach(column -> folded.add(fold.apply(column)));
                            return (Set<String>) folded;
                        })
                        .toList());
    }

    public Optional<Column> column(String folded) {
        return Optional.ofNullable(columns.get(folded));
    }
}
