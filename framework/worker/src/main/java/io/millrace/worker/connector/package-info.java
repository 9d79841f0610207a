/**
 * The life of a connector: {@link io.millrace.worker.connector.ConnectorRuntime} makes it, asks it for its task configurations and keeps
 * as many {@link io.millrace.worker.task.TaskThread}s as it names; {@link io.millrace.worker.connector.ConnectorValidation} says what is
 * wrong with a configuration before anything starts.
 *
 * <p>Invariants: every call of a connector that runs is made by its own thread {@code connector-thread-<name>}, under the plugin's class
 * loader; tasks keep running while their connector fails or starts again, and are replaced only when their configurations change.
 */
@NullMarked
package io.millrace.worker.connector;

import org.jspecify.annotations.NullMarked;
