/**
 * A Java agent that kills the process, with SIGKILL, at an exact place of the code. Not under io.millrace: plugins must see it, and what is
 * ours is hidden from them.
 */
@NullMarked
package killagent;

import org.jspecify.annotations.NullMarked;
