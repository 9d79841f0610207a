package io.millrace.connectors.cdc;

import io.millrace.api.Finding;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * Looks at a database before change data capture starts: who may log in, what the server is set to, which tables are there. Everything that
 * can be seen by one connection is told at once. It only reads.
 */
final class PostgresPreflight {
    /** In seconds; more than a healthy server needs, and short enough for a person who waits. */
    private static final String TIMEOUT = "5";

    private final PostgresAddress address;
    private final String user;
    private final Optional<String> password;
    private final String slot;
    private final String publication;
    private final Collection<TableName> tables;
    private final List<Finding> findings = new ArrayList<>();

    PostgresPreflight(
            PostgresAddress address,
            String user,
            Optional<String> password,
            String slot,
            String publication,
            Collection<TableName> tables) {
        this.address = address;
        this.user = user;
        this.password = password;
        this.slot = slot;
        this.publication = publication;
        this.tables = tables;
    }

    List<Finding> find() {
        try (Connection connection = connect()) {
            lookAtServer(connection);
            lookAtSlot(connection);
            boolean published =
                    number(connection, "SELECT count(*) FROM pg_publication WHERE pubname = ?", publication) > 0;
            if (!published) {
                lookAtRightToPublish(connection);
            }
            for (TableName table : tables) {
                lookAtTable(connection, table, published);
            }
        } catch (SQLException e) {
            findings.add(refusal(e));
        }
        return List.copyOf(findings);
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        password.ifPresent(value -> properties.setProperty("password", value));
        address.sslMode().ifPresent(mode -> properties.setProperty("sslmode", mode));
        properties.setProperty("connectTimeout", TIMEOUT);
        properties.setProperty("loginTimeout", TIMEOUT);
        properties.setProperty("socketTimeout", TIMEOUT);
        properties.setProperty("ApplicationName", "millrace-preflight");
        @Nullable Connection connection = new Driver().connect(address.jdbcUrl(), properties);
        if (connection == null) {
            throw new SQLException("the driver refuses its own URL");
        }
        return connection;
    }

    /** SQL states: PostgreSQL documentation, appendix A. */
    private Finding refusal(SQLException e) {
        @Nullable String state = e.getSQLState();
        String place = address.place();
        return switch (state == null ? "" : state) {
            case "08001", "08006", "08003" ->
                environment(
                        "unreachable",
                        PostgresCdcShorthand.URL,
                        "no PostgreSQL answers at '" + place + "'.",
                        "Start it, or correct host and port of the url.");
            case "57P03" ->
                environment(
                        "starting",
                        PostgresCdcShorthand.URL,
                        "PostgreSQL at '" + place + "' is starting or stopping and takes no connections.",
                        "Try again in a moment.");
            case "53300" ->
                environment(
                        "connections",
                        PostgresCdcShorthand.URL,
                        "PostgreSQL at '" + place + "' has no connection left.",
                        "Raise max_connections, or close others.");
            case "28P01", "28000", "08004" ->
                yours(
                        "credentials",
                        PostgresCdcShorthand.PASSWORD,
                        password.isEmpty()
                                ? "PostgreSQL at '" + place + "' wants a password for user '" + user + "'."
                                : "PostgreSQL at '" + place + "' does not let user '" + user
                                        + "' in with this password.",
                        "Check 'user' and 'password', and the server's pg_hba.conf.");
            case "3D000" ->
                yours(
                        "database",
                        PostgresCdcShorthand.URL,
                        "PostgreSQL at '" + place + "' has no database '" + address.database() + "'.",
                        "Create it, or correct the url.");
            default ->
                environment(
                        "refused",
                        PostgresCdcShorthand.URL,
                        "PostgreSQL at '" + place + "' says: " + e.getMessage(),
                        "See its log.");
        };
    }

    private void lookAtServer(Connection connection) throws SQLException {
        String level = text(connection, "SELECT current_setting('wal_level')").orElse("");
        if (!level.equals("logical")) {
            findings.add(environment(
                    "wal-level",
                    PostgresCdcShorthand.URL,
                    "wal_level of '" + address.place() + "' is '" + level + "', change data capture needs 'logical'.",
                    "Set wal_level = logical in postgresql.conf and restart PostgreSQL."));
        }
        if (!is(connection, "SELECT rolsuper OR rolreplication FROM pg_roles WHERE rolname = current_user")) {
            findings.add(environment(
                    "replication-right",
                    PostgresCdcShorthand.USER,
                    "user '" + user + "' may not replicate from '" + address.place() + "'.",
                    "As an administrator: ALTER ROLE \"" + user + "\" REPLICATION;"));
        }
    }

    private void lookAtSlot(Connection connection) throws SQLException {
        Optional<String> existing = text(
                connection,
                "SELECT coalesce(plugin, 'none') || ' ' || coalesce(database, 'none') || ' ' || coalesce(wal_status, '')"
                        + " FROM pg_replication_slots WHERE slot_name = ?",
                slot);
        if (existing.isEmpty()) {
            lookForFreeSlot(connection);
            return;
        }
        String[] parts = existing.get().split(" ", 3);
        if (!parts[0].equals("pgoutput") || !parts[1].equals(address.database())) {
            findings.add(environment(
                    "slot-foreign",
                    PostgresCdcShorthand.SLOT,
                    "replication slot '" + slot + "' is of plugin '" + parts[0] + "' and database '" + parts[1]
                            + "', needed are 'pgoutput' and '" + address.database() + "'.",
                    "Name another by 'slot'."));
        } else if (parts[2].equals("lost")) {
            findings.add(environment(
                    "slot-lost",
                    PostgresCdcShorthand.SLOT,
                    "replication slot '" + slot
                            + "' has lost changes: the server has removed log that was not read yet.",
                    "Drop it with SELECT pg_drop_replication_slot('" + slot + "'); and take a new snapshot."));
        }
    }

    private void lookForFreeSlot(Connection connection) throws SQLException {
        long used = number(connection, "SELECT count(*) FROM pg_replication_slots");
        long most = number(connection, "SELECT current_setting('max_replication_slots')::bigint");
        if (used >= most) {
            findings.add(environment(
                    "slots",
                    PostgresCdcShorthand.SLOT,
                    "all " + most + " replication slots of '" + address.place() + "' are taken.",
                    "Drop one that is not used, see pg_replication_slots, or raise max_replication_slots."));
        }
    }

    private void lookAtRightToPublish(Connection connection) throws SQLException {
        if (!is(connection, "SELECT has_database_privilege(current_database(), 'CREATE')")) {
            findings.add(environment(
                    "publication-right",
                    PostgresCdcShorthand.PUBLICATION,
                    "publication '" + publication + "' is missing and user '" + user + "' may not create it.",
                    "As an administrator: GRANT CREATE ON DATABASE \"" + address.database() + "\" TO \"" + user
                            + "\";"));
        }
    }

    private void lookAtTable(Connection connection, TableName table, boolean published) throws SQLException {
        String known = " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')";
        Optional<String> identity = text(connection, "SELECT c.relreplident" + known, table.schema(), table.table());
        if (identity.isEmpty()) {
            findings.add(yours(
                    "table",
                    PostgresCdcShorthand.TABLES,
                    "database '" + address.database() + "' has no table '" + table + "'.",
                    "Create it, or correct its name; names are case-sensitive here."));
            return;
        }
        if (number(
                        connection,
                        "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
                                + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                                + " WHERE n.nspname = ? AND c.relname = ? AND i.indisprimary",
                        table.schema(),
                        table.table())
                == 0) {
            findings.add(environment(
                    "primary-key",
                    PostgresCdcShorthand.TABLES,
                    "table '" + table + "' has no primary key, so its changes have no key.",
                    "As its owner: ALTER TABLE " + table.quoted() + " ADD PRIMARY KEY (...);"));
        } else if (identity.get().equals("n")) {
            findings.add(environment(
                    "replica-identity",
                    PostgresCdcShorthand.TABLES,
                    "table '" + table
                            + "' has replica identity 'nothing', so its updates and deletes cannot be captured.",
                    "As its owner: ALTER TABLE " + table.quoted() + " REPLICA IDENTITY DEFAULT;"));
        }
        if (!is(connection, "SELECT has_table_privilege(c.oid, 'SELECT')" + known, table.schema(), table.table())) {
            findings.add(environment(
                    "table-right",
                    PostgresCdcShorthand.TABLES,
                    "user '" + user + "' may not read table '" + table + "'.",
                    "As its owner: GRANT SELECT ON " + table.quoted() + " TO \"" + user + "\";"));
        }
        if (!published
                && !is(connection, "SELECT pg_has_role(c.relowner, 'USAGE')" + known, table.schema(), table.table())) {
            findings.add(environment(
                    "table-owner",
                    PostgresCdcShorthand.TABLES,
                    "user '" + user + "' does not own table '" + table + "', so it cannot put it into publication '"
                            + publication + "'.",
                    "As an administrator: CREATE PUBLICATION \"" + publication + "\" FOR TABLE "
                            + String.join(
                                    ", ", tables.stream().map(TableName::quoted).toList()) + ";"));
        }
    }

    private static Optional<String> text(Connection connection, String query, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
            }
        }
    }

    private static boolean is(Connection connection, String query, String... values) throws SQLException {
        return text(connection, query, values).filter("t"::equals).isPresent();
    }

    private static long number(Connection connection, String query, String... values) throws SQLException {
        return text(connection, query, values).map(Long::parseLong).orElse(0L);
    }

    private static Finding environment(String code, String field, String message, String remedy) {
        return new Finding(Finding.Fault.ENVIRONMENT, "postgres-cdc." + code, field, message, remedy);
    }

    private static Finding yours(String code, String field, String message, String remedy) {
        return new Finding(Finding.Fault.YOURS, "postgres-cdc." + code, field, message, remedy);
    }
}
