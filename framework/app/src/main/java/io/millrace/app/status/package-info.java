/**
 * How a running pipeline tells other processes how it fares. {@link io.millrace.app.status.StatusReport} is what it says, {@link
 * io.millrace.app.status.StatusFile} where: a file in the data folder that is replaced as a whole every two seconds, so that no port is
 * needed and a reader never sees half of it. {@link io.millrace.app.status.Lags} asks the broker how far behind its readers are, which a
 * process that hangs could not tell.
 *
 * <p>Invariants: a report of a process that is gone is never believed; an old one is told to be old; no record contents are in it.
 */
@NullMarked
package io.millrace.app.status;

import org.jspecify.annotations.NullMarked;
