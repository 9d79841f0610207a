package io.millrace.foundation.error;

import java.util.ArrayList;
import java.util.List;

/** Collects problems, so that a user meets all of them at once. Owned by one thread. */
public final class Problems {
    private final List<Problem> found = new ArrayList<>();

    public void add(Problem problem) {
        found.add(problem);
    }

    public void addAll(Iterable<Problem> problems) {
        problems.forEach(found::add);
    }

    public void error(String code, String place, String message, String remedy) {
        found.add(Problem.error(code, place, message, remedy));
    }

    public void warning(String code, String place, String message, String remedy) {
        found.add(Problem.warning(code, place, message, remedy));
    }

    public boolean hasErrors() {
        return found.stream().anyMatch(problem -> problem.severity() == Problem.Severity.ERROR);
    }

    /** In the order they were found. */
    public List<Problem> list() {
        return List.copyOf(found);
    }

    /**
     * Fails once with everything found, warnings included; does nothing where no error was found.
     *
     * @throws ProblemException with the given exit code
     */
    public void throwIfErrors(ExitCode exitCode) {
        if (hasErrors()) {
            throw new ProblemException(exitCode, found);
        }
    }
}
