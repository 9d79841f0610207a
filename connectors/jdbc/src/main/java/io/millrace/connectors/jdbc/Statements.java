package io.millrace.connectors.jdbc;

import io.millrace.connectors.jdbc.Binding.Bound;
import io.millrace.connectors.jdbc.Row.Operation;
import io.millrace.connectors.jdbc.Tables.Plan;
import io.millrace.connectors.jdbc.dialect.Dialect;
import io.millrace.connectors.jdbc.dialect.OriginGuard;
import io.millrace.connectors.jdbc.table.Column;
import io.millrace.connectors.jdbc.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows in the order of their records, in as few statements as leave the tables as if each row had been written by itself: of each key what it comes to at the
 * end, deletes first. A row deleted and written again loses what columns it had besides.
 */
final class Statements {
    /** What a key comes to. */
    private record Final(List<Column> columns, List<Column> key, Object[] values) {}

    private static final class OfTable {
        private final Map<List<Object>, Final> deletes = new LinkedHashMap<>();
        private final Map<List<Object>, Final> upserts = new LinkedHashMap<>();
        private final List<Final> inserts = new ArrayList<>();
    }

    private interface Write {
        void run(List<Column> columns, List<Column> key, List<Object[]> rows) throws SQLException;
    }

    private final Dialect dialect;

    Statements(Dialect dialect) {
        this.dialect = dialect;
    }

    /** @param passedOver takes those replayed ones that left the row of their key as it is, or found none to delete */
    void run(Connection connection, List<Bound> rows, Collection<Bound> passedOver) throws SQLException {
        List<Bound> together = new ArrayList<>();
        for (Bound row : rows) {
            OriginGuard guard = row.guard().orElse(null);
            if (guard == null) {
                together.add(row);
                continue;
            }
            // Invariant: all before it is in the tables when it is compared.
            runTogether(connection, together);
            together.clear();
            if (!writtenUnlessNewer(connection, row, guard)) {
                passedOver.add(row);
            }
        }
        runTogether(connection, together);
    }

    private boolean writtenUnlessNewer(Connection connection, Bound row, OriginGuard guard) throws SQLException {
        Plan plan = row.plan();
        return row.operation() == Operation.DELETE
                ? dialect.deleteUnlessNewer(connection, plan.table(), plan.key(), row.values(), guard)
                : dialect.upsertUnlessNewer(connection, plan.table(), plan.columns(), plan.key(), row.values(), guard);
    }

    private void runTogether(Connection connection, List<Bound> rows) throws SQLException {
        Map<String, OfTable> tables = new LinkedHashMap<>();
        Map<String, Table> byName = new LinkedHashMap<>();
        for (Bound row : rows) {
            Table table = row.plan().table();
            byName.put(table.name(), table);
            add(tables.computeIfAbsent(table.name(), any -> new OfTable()), row);
        }
        for (Map.Entry<String, OfTable> entry : tables.entrySet()) {
            Table table = byName.get(entry.getKey());
            OfTable of = entry.getValue();
            if (table == null) {
                throw new IllegalStateException("No table '" + entry.getKey() + "'.");
            }
            grouped(of.deletes.values(), (columns, key, keys) -> dialect.delete(connection, table, key, keys));
            grouped(of.upserts.values(), (columns, key, some) -> dialect.upsert(connection, table, columns, key, some));
            grouped(of.inserts, (columns, key, some) -> dialect.insert(connection, table, columns, some));
        }
    }

    private static void add(OfTable of, Bound row) {
        Final mine = new Final(row.plan().columns(), row.plan().key(), row.values());
        if (row.operation() == Operation.INSERT) {
            of.inserts.add(mine);
        } else if (row.operation() == Operation.DELETE) {
            of.upserts.remove(row.key());
            of.deletes.put(row.key(), mine);
        } else {
            // removed first: of keys that the database takes for the same, the last one has to come last
            Final before = of.upserts.remove(row.key());
            of.upserts.put(row.key(), before == null ? mine : over(before, mine));
        }
    }

    /** The later row, and of the earlier one the columns that the later one's schema does not have. */
    private static Final over(Final before, Final later) {
        if (before.columns() == later.columns()) {
            return later;
        }
        Map<String, Column> columns = new LinkedHashMap<>();
        Map<String, Object> values = new HashMap<>();
        for (Final row : List.of(before, later)) {
            for (int i = 0; i < row.columns().size(); i++) {
                String name = row.columns().get(i).name();
                columns.put(name, row.columns().get(i));
                values.put(name, row.values()[i]);
            }
        }
        return new Final(
                List.copyOf(columns.values()),
                later.key(),
                columns.keySet().stream().map(values::get).toArray());
    }

    /** One statement for all rows of the same columns; those of one plan share their list. */
    private static void grouped(Iterable<Final> rows, Write write) throws SQLException {
        Map<List<Column>, List<Object[]>> groups = new IdentityHashMap<>();
        List<Final> order = new ArrayList<>();
        for (Final row : rows) {
            List<Object[]> group = groups.get(row.columns());
            if (group == null) {
                group = new ArrayList<>();
                groups.put(row.columns(), group);
                order.add(row);
            }
            group.add(row.values());
        }
        for (Final first : order) {
            write.run(first.columns(), first.key(), groups.getOrDefault(first.columns(), List.of()));
        }
    }
}
