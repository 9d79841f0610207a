/**
 * Change data capture by Debezium's connectors, unmodified: this module packs them into a plugin folder and adds the short YAML type
 * {@code postgres-cdc}. {@link io.millrace.connectors.cdc.PostgresCdcShorthand} turns a section into Debezium's configuration,
 * {@link io.millrace.connectors.cdc.PostgresAddress} reads its url, {@link io.millrace.connectors.cdc.PostgresPreflight} looks whether the
 * database is set up for it, before anything is started.
 *
 * <p>Invariants: each captured table becomes one table of the raw layer, named by the table and keyed by its primary key; no message
 * holds a password or a url, since a url may hold a password.
 */
@NullMarked
package io.millrace.connectors.cdc;

import org.jspecify.annotations.NullMarked;
