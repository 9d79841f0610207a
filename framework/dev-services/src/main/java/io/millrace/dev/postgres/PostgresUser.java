package io.millrace.dev.postgres;

import io.millrace.dev.process.Command;
import io.millrace.dev.process.DevFolder;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom PostgreSQL's programs run as. They refuse to run as root; so root runs them in a user namespace of their own, where it looks like
 * an ordinary user and still owns its files, or, where namespaces are forbidden (a container), as the user nobody, to whom the data is
 * given.
 */
final class PostgresUser {
    private static final Duration PROBE = Duration.ofSeconds(10);
    private static final String NOBODY = "65534";

    private enum Kind {
        CALLER,
        NAMESPACE,
        NOBODY
    }

    private final Kind kind;

    private PostgresUser(Kind kind) {
        this.kind = kind;
    }

    /**
     * Finds out what works on this machine.
     *
     * @param folder must be reachable for that user
     * @throws ProblemException ENVIRONMENT: {@code dev.root}
     */
    static PostgresUser choose(PostgresPlatform platform, Path folder) {
        if (platform.isWindows()) {
            return new PostgresUser(Kind.CALLER);
        }
        boolean root = isRoot(folder);
        // initdb also refuses a user id without a name, as containers may give.
        if (!root && succeeds(folder, "id", "-un")) {
            return new PostgresUser(Kind.CALLER);
        }
        if (succeeds(folder, "unshare", "-U", "true")) {
            return new PostgresUser(Kind.NAMESPACE);
        }
        if (!root) {
            return new PostgresUser(Kind.CALLER);
        }
        PostgresUser nobody = new PostgresUser(Kind.NOBODY);
        if (succeeds(
                folder, nobody.wrap(List.of("test", "-x", folder.toString())).toArray(String[]::new))) {
            return nobody;
        }
        throw new ProblemException(
                ExitCode.ENVIRONMENT,
                Problem.error(
                        "dev.root",
                        "",
                        "PostgreSQL does not run as root, and neither a user namespace nor the user 'nobody' can be used for folder '"
                                + folder + "'.",
                        "Run Millrace as an ordinary user, or choose a folder that everyone may enter."));
    }

    List<String> wrap(List<String> command) {
        List<String> whole = new ArrayList<>(
                switch (kind) {
                    case CALLER -> List.<String>of();
                    case NAMESPACE -> List.of("unshare", "-U");
                    case NOBODY -> List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
                });
        whole.addAll(command);
        return whole;
    }

    /** Gives files that the programs must own to the user they run as. */
    void give(Path path) throws IOException {
        if (kind != Kind.NOBODY) {
            return;
        }
        Command.Result result =
                Command.run(List.of("chown", "-R", NOBODY + ":" + NOBODY, path.toString()), parent(path), PROBE);
        if (!result.succeeded()) {
            throw new IOException(result.output());
        }
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private static boolean isRoot(Path folder) {
        try {
            return "0".equals(Command.run(List.of("id", "-u"), folder, PROBE).output());
        } catch (IOException e) {
            throw DevFolder.failed(folder, e);
        }
    }

    private static boolean succeeds(Path folder, String... command) {
        try {
            return Command.run(List.of(command), folder, PROBE).succeeded();
        } catch (IOException e) {
            return false;
        }
    }
}
