package io.millrace.connectors.jdbc;

import io.millrace.api.Finding;
import io.millrace.api.Section;
import io.millrace.connectors.common.StreamRef;
import io.millrace.connectors.jdbc.JdbcSinkConfig.Login;
import io.millrace.connectors.jdbc.dialect.Dialect;
import io.millrace.connectors.jdbc.dialect.Failure;
import io.millrace.connectors.jdbc.dialect.PostgresDialect;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks whether the database answers, lets the user in, and lets it write. Only reads. */
final class Preflight {
    private final Section section;
    private final Login login;
    private final Dialect dialect;
    private final List<Finding> findings = new ArrayList<>();

    Preflight(Section section, Login login) {
        this.section = section;
        this.login = login;
        this.dialect = login.address().dialect();
    }

    List<Finding> find() {
        for (Path jar : login.driver()) {
            Drivers.missing(jar)
                    .ifPresent(what -> add(Finding.Fault.YOURS, "driver", "driver", what, "Correct 'driver'."));
        }
        if (findings.isEmpty()) {
            look();
        }
        return List.copyOf(findings);
    }

    private void look() {
        Drivers drivers = new Drivers(login, "millrace-preflight");
        try (Connection connection = drivers.connect()) {
            dialect.versionTrouble(connection)
                    .ifPresent(trouble ->
                            add(Finding.Fault.ENVIRONMENT, "version", "url", trouble, "Upgrade it, or use another."));
            lookAtSchema(connection);
        } catch (Drivers.NoDriverException e) {
            add(
                    Finding.Fault.ENVIRONMENT,
                    "driver",
                    "driver",
                    Drivers.NoDriverException.message(login),
                    Drivers.NoDriverException.remedy(login));
        } catch (SQLException e) {
            refused(dialect.classify(e));
        } finally {
            drivers.close();
        }
    }

    private void refused(Failure failure) {
        String place = "'" + login.address().place() + "': " + failure.message();
        switch (failure.code()) {
            case "credentials" -> add(Finding.Fault.YOURS, "credentials", "user", place, failure.remedy());
            case "database" -> add(Finding.Fault.YOURS, "database", "url", place, failure.remedy());
            case "unavailable" ->
                add(Finding.Fault.ENVIRONMENT, "unreachable", "url", place, "Start the database, or correct 'url'.");
            default -> add(Finding.Fault.ENVIRONMENT, failure.code(), "url", place, failure.remedy());
        }
    }

    private void lookAtSchema(Connection connection) throws SQLException {
        Optional<String> named = section.field(Settings.SCHEMA.field());
        Optional<String> schema = named.isPresent() ? named : Dialect.text(connection, dialect.currentSchema());
        if (schema.isEmpty()) {
            add(Finding.Fault.YOURS, "schema", "schema", "the login means no schema.", "Set 'schema'.");
            return;
        }
        if (count(connection, "SELECT count(*) FROM information_schema.schemata WHERE schema_name = ?", schema.get())
                == 0) {
            add(
                    Finding.Fault.YOURS,
                    "schema",
                    "schema",
                    "there is no schema '" + schema.get() + "' that the user can see.",
                    "Create it, or correct 'schema'.");
            return;
        }
        if (dialect instanceof PostgresDialect) {
            lookAtRights(connection, schema.get());
        }
    }

    private void lookAtRights(Connection connection, String schema) throws SQLException {
        List<String> missing = new ArrayList<>();
        for (String table : tables()) {
            if (dialect.read(connection, schema, table).isEmpty()) {
                missing.add(table);
            } else if (count(
                            connection,
                            "SELECT count(*) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS r"
                                    + " WHERE NOT has_table_privilege(?, r)",
                            dialect.qualified(schema, table))
                    > 0) {
                add(
                        Finding.Fault.ENVIRONMENT,
                        "table-rights",
                        "user",
                        "the user may not read and write table '" + table + "'.",
                        "As its owner: GRANT SELECT, INSERT, UPDATE, DELETE ON " + dialect.qualified(schema, table)
                                + " TO the user;");
            }
        }
        boolean creates =
                count(connection, "SELECT CASE WHEN has_schema_privilege(?, 'CREATE') THEN 1 ELSE 0 END", schema) > 0;
        if (!missing.isEmpty() && !creates) {
            add(
                    Finding.Fault.ENVIRONMENT,
                    "create-right",
                    "user",
                    "tables " + missing + " are missing and the user may not create tables in schema '" + schema + "'.",
                    "As its owner: GRANT CREATE ON SCHEMA " + dialect.quote(schema) + " TO the user; or create them.");
        }
    }

    private List<String> tables() {
        List<String> tables = new ArrayList<>();
        TableTemplate template = JdbcShorthand.template(section);
        section.inputs()
                .forEach(input -> tables.add(
                        template.table(new StreamRef(input.layer(), input.stream(), input.table()), input.topic())));
        if (section.field(Settings.DELIVERY.field())
                .filter("at_least_once"::equals)
                .isEmpty()) {
            String offsets = section.field(Settings.OFFSETS_TABLE.field())
                    .orElse(String.valueOf(Settings.OFFSETS_TABLE.fallback()));
            tables.add(offsets);
            tables.add(offsets + "_rejected");
        }
        return tables;
    }

    private static long count(Connection connection, String query, String value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, value);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }

    private void add(Finding.Fault fault, String code, String field, String message, String remedy) {
        findings.add(new Finding(fault, JdbcShorthand.TYPE + "." + code, field, message, remedy));
    }
}
