/**
 * What starting, finding again and stopping a detached server needs: a folder that is really usable
 * ({@link io.millrace.dev.process.DevFolder}), a process recognised by more than its pid
 * ({@link io.millrace.dev.process.OwnedProcess}), a port, a bounded wait.
 *
 * <p>Invariant: a signal is only ever sent to a process whose command line names our own data folder.
 */
@NullMarked
package io.millrace.dev.process;

import org.jspecify.annotations.NullMarked;
