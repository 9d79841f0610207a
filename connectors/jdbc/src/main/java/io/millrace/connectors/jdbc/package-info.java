/**
 * The {@code jdbc} sink: streams into tables of PostgreSQL, MySQL, MariaDB and DuckDB, each record exactly once.
 *
 * <p>{@link io.millrace.connectors.jdbc.JdbcSinkConnector} is an ordinary Kafka Connect plugin; {@link io.millrace.connectors.jdbc.JdbcShorthand} is what a
 * pipeline's {@code type: jdbc} becomes it by. The way of a record: {@code RecordRows} makes a row of it, {@code Tables} sees that its columns are there,
 * {@code Binding} turns its values into what the columns take, {@code Statements} writes many rows at once, {@code TableWriter} does so in transactions.
 * {@code Partitions} and {@code Offsets} are the exactly-once: their class comments say why it holds. What differs between databases is in
 * {@link io.millrace.connectors.jdbc.dialect}.
 *
 * <p>Invariants: rows and the offset past them are one transaction; a record that cannot be written is reported before that transaction
 * commits, and is in it; messages hold names of columns and constraints, never values, urls or passwords.
 *
 * <p>{@code Settings} declares every setting once: for the pipeline, for Connect, and for the table in README.md.
 */
@NullMarked
package io.millrace.connectors.jdbc;

import org.jspecify.annotations.NullMarked;
