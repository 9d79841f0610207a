/**
 * Looks at the records of a running pipeline from outside. {@link io.millrace.app.look.Decoded} is a record as people read it, {@link
 * io.millrace.app.look.Tap} follows a topic, {@link io.millrace.app.look.Trace} follows a record.
 *
 * <p>Invariants: committed records only, no group is joined; a field that a contract tags {@code pii} is shown as {@code ***}, and bytes in
 * which it cannot be found are not shown at all where there is such a field; what was not looked at is told.
 */
@NullMarked
package io.millrace.app.look;

import org.jspecify.annotations.NullMarked;
