package io.millrace.dev.process;

import java.time.Duration;
import java.util.Optional;

/**
 * A server process that an earlier run started, recognised by its pid and by what its command line says.
 *
 * @param handle the living process
 */
public record OwnedProcess(ProcessHandle handle) {

    /**
     * Finds it, if it is alive and ours.
     *
     * @param pid as recorded
     * @param mark a text that the command line of our process holds and no other's: the path of its data
     * @param program how its executable's name starts; all there is to go by where a system hides command lines (Windows)
     */
    public static Optional<OwnedProcess> find(long pid, String mark, String program) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(handle -> isOurs(handle.info(), mark, program))
                .map(OwnedProcess::new);
    }

    private static boolean isOurs(ProcessHandle.Info info, String mark, String program) {
        if (info.commandLine().isPresent()) {
            return (info.commandLine().get() + " ").contains(mark + " ");
        }
        return info.command()
                .map(command -> command.substring(Math.max(command.lastIndexOf('/'), command.lastIndexOf('\\')) + 1))
                .filter(name -> name.startsWith(program))
                .isPresent();
    }

    public long pid() {
        return handle.pid();
    }

    public boolean isAlive() {
        return handle.isAlive();
    }

    /** Asks it to end, and waits. */
    public boolean terminate(Duration wait) {
        return !handle.isAlive() || (handle.destroy() && awaitEnd(wait)) || !handle.isAlive();
    }

    /** Ends it without asking, and waits. */
    public boolean kill(Duration wait) {
        return !handle.isAlive() || (handle.destroyForcibly() && awaitEnd(wait)) || !handle.isAlive();
    }

    /** Whether it ended within the time. Looks often: Java itself looks ever more seldom at a process that is not its child. */
    public boolean awaitEnd(Duration wait) {
        Deadline deadline = Deadline.in(wait);
        while (handle.isAlive() && !deadline.passed()) {
            deadline.pause();
        }
        return !handle.isAlive();
    }
}
