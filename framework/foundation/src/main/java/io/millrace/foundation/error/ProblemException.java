package io.millrace.foundation.error;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown once, with all problems of one attempt. Its message is the problems' lines. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final ExitCode exitCode;

    public ProblemException(ExitCode exitCode, List<Problem> problems) {
        super(problems.stream().map(Problem::text).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
        this.exitCode = exitCode;
    }

    public ProblemException(ExitCode exitCode, Problem problem) {
        this(exitCode, List.of(problem));
    }

    public ProblemException(ExitCode exitCode, Problem problem, Throwable cause) {
        this(exitCode, List.of(problem));
        initCause(cause);
    }

    public List<Problem> problems() {
        return problems;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
