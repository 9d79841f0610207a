/**
 * A search server over a folder: one OpenSearch node in a JVM and on a class path of its own.
 * {@link io.millrace.dev.search.SearchServer} starts it detached, finds it again or replaces it. It listens on 127.0.0.1 and asks for no
 * credentials, so whoever may use this machine may read and write it.
 *
 * <p>Folder: {@code data} the indices, {@code opensearch.properties} its settings, {@code server.json} version, port, cluster and pid,
 * {@code opensearch.log}. What the server acknowledged is on disk, so a killed one loses nothing.
 */
@NullMarked
package io.millrace.dev.search;

import org.jspecify.annotations.NullMarked;
