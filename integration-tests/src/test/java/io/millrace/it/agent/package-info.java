/** A Java agent that kills the process, with SIGKILL, at an exact place of the code. */
@NullMarked
package io.millrace.it.agent;

import org.jspecify.annotations.NullMarked;
