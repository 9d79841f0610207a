/** The commands, one class each: what a user types, turned into calls; what comes back, printed. */
@NullMarked
package io.millrace.app.command;

import org.jspecify.annotations.NullMarked;
