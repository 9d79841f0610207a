package io.millrace.foundation.error;

/** What a Millrace command answers to its shell. */
public enum ExitCode {
    /** Done. */
    OK(0),
    /** Our fault: a defect of Millrace. */
    OURS(1),
    /** Yours: bad input, named by its problems. */
    YOURS(2),
    /** The environment: a server, a port, a disk. */
    ENVIRONMENT(3);

    private final int status;

    ExitCode(int status) {
        this.status = status;
    }

    /** The process exit status, 0 to 3. */
    public int status() {
        return status;
    }
}
