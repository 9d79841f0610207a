/**
 * The connectors and tasks of this process. {@link io.millrace.worker.connector.Connectors} is told what is {@linkplain
 * io.millrace.worker.connector.Desired desired}; each connector has a supervisor, which makes its instance and its {@link
 * io.millrace.worker.task.TaskThread}s and ends them. What a connector wants its tasks to do is told to whoever decides; the tasks come back
 * as desired ones, here or in another worker. {@link io.millrace.worker.connector.ConnectorValidation} says what is wrong with a configuration
 * before anything starts.
 *
 * <p>Invariants: every call of a connector that runs is made by its own thread {@code connector-thread-<name>}, under the plugin's class
 * loader; tasks keep running while their connector fails or starts again, and are replaced only when their configurations change; a
 * connector that blocks for ever delays no other.
 */
@NullMarked
package io.millrace.worker.connector;

import org.jspecify.annotations.NullMarked;
