package io.millrace.dev;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.dev.postgres.PostgresAccess;
import io.millrace.dev.postgres.PostgresServer;
import io.millrace.dev.process.DevFolder;
import io.millrace.dev.process.Progress;
import io.millrace.dev.s3.S3Access;
import io.millrace.dev.s3.S3Server;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import io.millrace.foundation.error.Problems;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings up what is needed, both servers at the same time; all of it or nothing new. */
@Command(
        name = "up",
        description = "Starts what is needed, or finds it running; prints how to reach it as one line of JSON.")
@NullUnmarked
final class UpCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(UpCommand.class);
    private static final String DEFECT = "dev.defect";

    private enum Need {
        postgres,
        s3
    }

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", required = true, description = "Folder of the servers' data.")
    private Path data;

    @Option(names = "--home", required = true, description = "The distribution's folder 'dev'.")
    private Path home;

    @Option(names = "--need", required = true, split = ",", description = "Some of: ${COMPLETION-CANDIDATES}.")
    private List<Need> needs;

    @Option(names = "--buckets", split = ",", description = "S3 buckets to make where they are missing.")
    private List<String> buckets = List.of();

    @Override
    public Integer call() throws Exception {
        checkBuckets();
        Path folder = DevFolder.prepare(data, 0);
        CommandLine commands = spec.commandLine();
        Progress progress = line -> commands.getErr().println(line);
        PostgresServer postgres = PostgresServer.in(folder.resolve("postgres"), progress);
        S3Server s3 = new S3Server(folder.resolve("s3"), home.resolve("s3"), progress, Clock.systemUTC());
        try (AutoCloseable lock = DevFolder.lock(folder)) {
            Started<PostgresAccess> database = new Started<>(needs.contains(Need.postgres), postgres::up);
            Started<S3Access> store = new Started<>(needs.contains(Need.s3), () -> s3.up(buckets));
            Problems problems = new Problems();
            Optional<PostgresAccess> postgresAccess = database.await(problems);
            Optional<S3Access> s3Access = store.await(problems);
            if (problems.hasErrors()) {
                postgresAccess.filter(access -> !access.attached()).ifPresent(access -> postgres.down());
                s3Access.filter(access -> !access.attached()).ifPresent(access -> s3.down());
            }
            boolean ours =
                    problems.list().stream().anyMatch(problem -> problem.code().equals(DEFECT));
            problems.throwIfErrors(ours ? ExitCode.OURS : ExitCode.ENVIRONMENT);
            commands.getOut().println(describe(postgresAccess, s3Access));
        }
        return ExitCode.OK.status();
    }

    private void checkBuckets() {
        Problems problems = new Problems();
        for (String bucket : buckets) {
            if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
                problems.error(
                        "dev.bucket-name",
                        "",
                        "'" + bucket + "' cannot be a bucket's name.",
                        "A name has 3 to 63 lower case letters, digits, dots and hyphens, and begins and ends with a letter or"
                                + " digit.");
            }
        }
        problems.throwIfErrors(ExitCode.YOURS);
    }

    /** A server coming up on a thread of its own, where it is needed. */
    private static final class Started<T> {
        private final CompletableFuture<Optional<T>> result;

        Started(boolean needed, Supplier<T> up) {
            this.result = needed
                    ? CompletableFuture.supplyAsync(() -> Optional.of(up.get()), task -> new Thread(task, "up").start())
                    : CompletableFuture.completedFuture(Optional.empty());
        }

        Optional<T> await(Problems problems) {
            try {
                return result.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof ProblemException known) {
                    problems.addAll(known.problems());
                } else {
                    LOG.atError().setCause(e.getCause()).log("a server could not be brought up");
                    problems.add(Problem.error(
                            DEFECT, "", "dev services failed: " + e.getCause() + ".", "Please report this."));
                }
                return Optional.empty();
            }
        }
    }

    private static String describe(Optional<PostgresAccess> postgres, Optional<S3Access> s3) {
        ObjectNode line = new ObjectMapper().createObjectNode();
        postgres.ifPresent(access -> {
            ObjectNode node = line.putObject("postgres");
            node.put("url", access.url());
            node.put("login_url", access.url() + "?user=" + access.user() + "&password=" + access.password());
            node.put("user", access.user());
            node.put("password", access.password());
            node.putObject("admin")
                    .put("url", access.url())
                    .put("user", access.adminUser())
                    .put("password", access.adminPassword());
            node.put("pid", access.pid());
            node.put("attached", access.attached());
        });
        s3.ifPresent(access -> {
            ObjectNode node = line.putObject("s3");
            node.put("endpoint", access.endpoint());
            node.put("access_key_id", access.accessKeyId());
            node.put("secret_access_key", access.secretAccessKey());
            node.put("region", access.region());
            node.put("folder", access.folder().toString());
            access.buckets().forEach(node.putArray("buckets")::add);
            node.put("pid", access.pid());
            node.put("attached", access.attached());
        });
        return line.toString();
    }
}
