/**
 * A real PostgreSQL with logical replication in a folder, for a laptop and for tests.
 * {@link io.millrace.dev.postgres.PostgresServer} starts it detached, finds it again or replaces it;
 * {@link io.millrace.dev.postgres.PostgresBinaries} unpacks the server for this machine once.
 *
 * <p>Folder: {@code bin-<version>} the binaries, {@code data} the cluster, {@code server.json} version, port and settings of the last
 * start, {@code credentials.json} the passwords (readable by the owner only), {@code postgres.log}. The pid is PostgreSQL's own
 * {@code data/postmaster.pid}.
 */
@NullMarked
package io.millrace.dev.postgres;

import org.jspecify.annotations.NullMarked;
