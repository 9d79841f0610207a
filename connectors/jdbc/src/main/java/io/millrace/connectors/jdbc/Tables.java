package io.millrace.connectors.jdbc;

import io.millrace.connectors.jdbc.Row.Operation;
import io.millrace.connectors.jdbc.Row.Shape;
import io.millrace.connectors.jdbc.Row.Wanted;
import io.millrace.connectors.jdbc.dialect.Dialect;
import io.millrace.connectors.jdbc.dialect.Failure;
import io.millrace.connectors.jdbc.table.Column;
import io.millrace.connectors.jdbc.table.ColumnType;
import io.millrace.connectors.jdbc.table.Kind;
import io.millrace.connectors.jdbc.table.RowRejected;
import io.millrace.connectors.jdbc.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables, and what is done so that rows find their columns: create, add, widen. Works in autocommit, never inside a transaction with rows: with MySQL,
 * DDL would commit it. Another task may do the same at the same time, so what failed is looked at again before it counts.
 */
final class Tables {
    private static final Logger LOG = LoggerFactory.getLogger(Tables.class);

    /**
     * Where the fields of a shape go.
     *
     * @param columns in the order of the shape's fields
     * @param key the columns of the key
     */
    record Plan(Shape shape, Table table, List<Column> columns, List<Column> key, Optional<Column> origin) {}

    private final JdbcSinkConfig config;
    private final Dialect dialect;
    private final Map<String, Table> tables = new HashMap<>();
    private final Map<Shape, Plan> plans = new HashMap<>();
    /** Columns that could not be widened: not tried again. */
    private final Set<String> narrow = new HashSet<>();

    private Optional<String> schema = Optional.empty();

    Tables(JdbcSinkConfig config) {
        this.config = config;
        this.dialect = config.login().address().dialect();
    }

    /** The tables may have changed; they are read again. */
    void forget() {
        tables.clear();
        plans.clear();
    }

    /** The schema of all tables. */
    String schema(Connection connection) throws SQLException {
        if (schema.isEmpty()) {
            schema = config.schema().isPresent() ? config.schema() : Dialect.text(connection, dialect.currentSchema());
        }
        return schema.orElseThrow(() -> fatal("schema", "the login means no schema.", "Set 'schema'."));
    }

    /**
     * Empty for a delete from a table that is not there.
     *
     * @throws RowRejected when rows of this shape can never be written
     */
    Optional<Plan> plan(Connection connection, Shape shape, Operation operation) throws SQLException {
        Plan known = plans.get(shape);
        if (known != null) {
            return Optional.of(known);
        }
        checkNames(shape);
        Optional<Table> found = table(connection, shape.table());
        if (found.isEmpty() && operation == Operation.DELETE) {
            return Optional.empty();
        }
        Table table = found.isPresent() ? found.get() : create(connection, shape);
        if (operation != Operation.DELETE) {
            table = widen(connection, addMissing(connection, table, shape), shape);
        }
        Plan plan = plan(table, shape, operation);
        plans.put(shape, plan);
        return Optional.of(plan);
    }

    private void checkNames(Shape shape) {
        if (!dialect.takesName(shape.table())) {
            throw fatal(
                    "name",
                    "'" + shape.table() + "' cannot be the name of a table in " + dialect.product() + ".",
                    "Set 'table' to a shorter or simpler name.");
        }
        Map<String, String> seen = new HashMap<>();
        for (Wanted wanted : shape.fields()) {
            if (!dialect.takesName(wanted.name())) {
                throw new RowRejected(
                        "name",
                        "field '" + wanted.name() + "' cannot be the name of a column in " + dialect.product()
                                + ". Rename the field in the pipeline.");
            }
            String other = seen.put(dialect.fold(wanted.name()), wanted.name());
            if (other != null) {
                throw new RowRejected(
                        "name",
                        "fields '" + other + "' and '" + wanted.name() + "' are the same column in " + dialect.product()
                                + ". Rename one in the pipeline.");
            }
        }
    }

    private Optional<Table> table(Connection connection, String name) throws SQLException {
        Table known = tables.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        return read(connection, name);
    }

    private Optional<Table> read(Connection connection, String name) throws SQLException {
        Optional<Table> found = dialect.read(connection, schema(connection), name);
        found.ifPresent(table -> {
            tables.put(name, table);
            plans.values().removeIf(plan -> plan.shape().table().equals(name));
        });
        return found;
    }

    private Table create(Connection connection, Shape shape) throws SQLException {
        if (!config.autoCreate()) {
            throw fatal(
                    "no-table",
                    "table '" + shape.table() + "' is not in schema '" + schema(connection) + "'.",
                    "Create it, or set 'auto_create: true'.");
        }
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < shape.fields().size(); i++) {
            Wanted wanted = shape.fields().get(i);
            boolean key = i < shape.keys();
            lines.add(dialect.quote(wanted.name()) + " " + dialect.sqlType(connection, wanted.column(), key)
                    + (key ? " NOT NULL" : ""));
        }
        if (shape.keys() > 0) {
            lines.add("PRIMARY KEY ("
                    + shape.keyNames().stream().map(dialect::quote).collect(Collectors.joining(", ")) + ")");
        }
        return change(
                connection,
                shape.table(),
                "CREATE TABLE " + dialect.qualified(schema(connection), shape.table()) + " (" + String.join(", ", lines)
                        + ")",
                table -> true);
    }

    private Table addMissing(Connection connection, Table table, Shape shape) throws SQLException {
        Table current = table;
        for (Wanted wanted : shape.fields()) {
            String folded = dialect.fold(wanted.name());
            if (current.column(folded).isPresent()) {
                continue;
            }
            if (!config.autoAdd()) {
                throw fatal(
                        "no-column",
                        "table '" + table.name() + "' has no column '" + wanted.name() + "' of type '" + wanted.column()
                                + "'.",
                        "Add it, drop the field in the pipeline, or set 'auto_add: true'.");
            }
            String sql = dialect.addColumn(
                    dialect.qualified(table),
                    dialect.quote(wanted.name()),
                    dialect.sqlType(connection, wanted.column(), false));
            current = change(connection, table.name(), sql, changed -> changed.column(folded)
                    .isPresent());
        }
        return current;
    }

    /** Only where both types tell their bounds; a column that stays narrow still takes the values that fit. */
    private Table widen(Connection connection, Table table, Shape shape) throws SQLException {
        Table current = table;
        for (Wanted wanted : shape.fields()) {
            Column column = current.column(dialect.fold(wanted.name())).orElseThrow();
            String place = table.name() + "." + column.name();
            if (!config.autoAdd() || narrow.contains(place) || !isSafelyWider(wanted.column(), column.type())) {
                continue;
            }
            String sql = dialect.widen(
                    dialect.qualified(table), column, dialect.sqlType(connection, wanted.column(), false));
            try {
                current = change(connection, table.name(), sql, changed -> changed.column(dialect.fold(column.name()))
                        .filter(now -> now.type().holdsAll(wanted.column()))
                        .isPresent());
            } catch (SQLException e) {
                if (dialect.classify(e).kind() == Failure.Kind.TRANSIENT) {
                    throw e;
                }
                narrow.add(place);
                LOG.warn(
                        "a column could not be widened; values that do not fit become dead letters"
                                + " (connector={}, table={}, column={}, from={}, to={})",
                        config.connector(),
                        table.name(),
                        column.name(),
                        column.type(),
                        wanted.column());
            }
        }
        return current;
    }

    private static boolean isSafelyWider(ColumnType wanted, ColumnType column) {
        if (wanted.equals(column) || !wanted.holdsAll(column) || column.holdsAll(wanted)) {
            return false;
        }
        return switch (wanted.kind()) {
            case INT32, INT64, FLOAT64 -> true;
            case DECIMAL -> wanted.size() > 0 && column.size() > 0;
            default -> false;
        };
    }

    private interface Seen {
        boolean is(Table table);
    }

    private Table change(Connection connection, String name, String sql, Seen wanted) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            // Another task may have been first.
            Optional<Table> there = connection.isClosed()
                    ? Optional.empty()
                    : read(connection, name).filter(wanted::is);
            if (there.isEmpty()) {
                throw e;
            }
            return there.get();
        }
        LOG.info("table changed (connector={}, statement={})", config.connector(), sql);
        return read(connection, name)
                .filter(wanted::is)
                .orElseThrow(() -> fatal(
                        "schema",
                        "table '" + name + "' is not as it was just made.",
                        "Look at the database for who changes it."));
    }

    private Plan plan(Table table, Shape shape, Operation operation) {
        List<Column> columns = new ArrayList<>();
        for (Wanted wanted : shape.fields()) {
            Column column = table.column(dialect.fold(wanted.name()))
                    .orElseThrow(() -> new RowRejected(
                            "key", "table '" + table.name() + "' has no column '" + wanted.name() + "' of the key."));
            if (!column.writable()) {
                throw new RowRejected(
                        "generated",
                        "column '" + column.name() + "' of table '" + table.name()
                                + "' is computed by the database. Drop the field in the pipeline.");
            }
            columns.add(column);
        }
        if (operation != Operation.DELETE) {
            checkRequired(table, columns);
        }
        if (operation == Operation.UPSERT) {
            checkKey(table, shape);
        }
        List<Column> key = List.copyOf(columns.subList(0, shape.keys()));
        return new Plan(shape, table, List.copyOf(columns), key, origin(table, key));
    }

    private Optional<Column> origin(Table table, List<Column> key) {
        return table.column(dialect.fold(RecordRows.ORIGIN_COLUMN))
                .filter(column -> config.origin() && column.type().kind() == Kind.TEXT && !key.contains(column));
    }

    private static void checkRequired(Table table, List<Column> columns) {
        List<String> missing = table.columns().values().stream()
                .filter(column -> !column.optional() && !columns.contains(column))
                .map(column -> "'" + column.name() + "'")
                .toList();
        if (!missing.isEmpty()) {
            throw new RowRejected(
                    "required-column",
                    "table '" + table.name() + "' needs values for " + missing + ", of which the record has no field.");
        }
    }

    private void checkKey(Table table, Shape shape) {
        Set<String> key = new LinkedHashSet<>();
        shape.keyNames().forEach(name -> key.add(dialect.fold(name)));
        if (!table.uniqueKeys().contains(key)) {
            throw fatal(
                    "key",
                    "table '" + table.name() + "' has no primary key or unique constraint of exactly the columns " + key
                            + " of the records' key; it has " + table.uniqueKeys() + ".",
                    "Add one, give the stream the key of the table, or write it with mode 'insert'.");
        }
        dialect.upsertTrouble(table, key).ifPresent(trouble -> {
            throw new ConnectException("jdbc.key: " + trouble);
        });
    }

    private static ConnectException fatal(String code, String message, String remedy) {
        return new ConnectException("jdbc." + code + ": " + message + " " + remedy);
    }
}
