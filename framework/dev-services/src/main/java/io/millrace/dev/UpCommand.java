package io.millrace.dev;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.dev.postgres.PostgresAccess;
import io.millrace.dev.postgres.PostgresServer;
import io.millrace.dev.process.DevFolder;
import io.millrace.dev.process.Progress;
import io.millrace.dev.s3.S3Access;
import io.millrace.dev.s3.S3Server;
import io.millrace.dev.search.SearchAccess;
import io.millrace.dev.search.SearchServer;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problems;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings up what is needed, all servers at the same time; all of it or nothing new. */
@Command(
        name = "up",
        description = "Starts what is needed, or finds it running; prints how to reach it as one line of JSON.")
@NullUnmarked
final class UpCommand implements Callable<Integer> {

    private enum Need {
        postgres,
        /** A second database of the same PostgreSQL. */
        warehouse,
        s3,
        search
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

    @Option(
            names = "--as-ready",
            description = "Print one line for each server, as soon as it is ready, in place of one line at the end.")
    private boolean asReady;

    @Override
    public Integer call() throws Exception {
        checkBuckets();
        Path folder = DevFolder.prepare(data, 0);
        CommandLine commands = spec.commandLine();
        Progress progress = line -> commands.getErr().println(line);
        Consumer<ObjectNode> ready = asReady ? line -> print(line) : line -> {};
        try (AutoCloseable lock = DevFolder.lock(folder)) {
            List<Service<?>> services = start(folder, progress, ready);
            Problems problems = new Problems();
            services.forEach(service -> service.await(problems));
            if (problems.hasErrors()) {
                services.forEach(Service::undo);
            }
            boolean ours =
                    problems.list().stream().anyMatch(problem -> problem.code().equals(Service.DEFECT));
            problems.throwIfErrors(ours ? ExitCode.OURS : ExitCode.ENVIRONMENT);
            if (!asReady) {
                ObjectNode line = new ObjectMapper().createObjectNode();
                services.forEach(service -> service.describe(line));
                print(line);
            }
        }
        return ExitCode.OK.status();
    }

    /** The slowest first. */
    private List<Service<?>> start(Path folder, Progress progress, Consumer<ObjectNode> ready) {
        List<Service<?>> services = new ArrayList<>();
        if (needs.contains(Need.postgres) || needs.contains(Need.warehouse)) {
            PostgresServer postgres = PostgresServer.in(folder.resolve("postgres"), progress);
            services.add(Service.start(
                    postgres::up,
                    PostgresAccess::attached,
                    postgres::down,
                    (access, line) -> describe(access, needs, line),
                    ready));
        }
        if (needs.contains(Need.search)) {
            SearchServer search = new SearchServer(folder.resolve("search"), home.resolve("search"), progress);
            services.add(Service.start(search::up, SearchAccess::attached, search::down, UpCommand::describe, ready));
        }
        if (needs.contains(Need.s3)) {
            S3Server s3 = new S3Server(folder.resolve("s3"), home.resolve("s3"), progress, Clock.systemUTC());
            services.add(Service.start(() -> s3.up(buckets), S3Access::attached, s3::down, UpCommand::describe, ready));
        }
        return services;
    }

    private synchronized void print(ObjectNode line) {
        spec.commandLine().getOut().println(line);
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

    private static void describe(PostgresAccess access, List<Need> needs, ObjectNode line) {
        if (needs.contains(Need.postgres)) {
            describe(line.putObject("postgres"), access.url(), access.user(), access.password(), access);
        }
        if (needs.contains(Need.warehouse)) {
            PostgresAccess.Warehouse warehouse = access.warehouse();
            describe(
                    line.putObject("warehouse"), access.warehouseUrl(), warehouse.user(), warehouse.password(), access);
        }
    }

    private static void describe(ObjectNode node, String url, String user, String password, PostgresAccess access) {
        node.put("url", url);
        node.put("login_url", url + "?user=" + user + "&password=" + password);
        node.put("user", user);
        node.put("password", password);
        node.putObject("admin").put("url", url).put("user", access.adminUser()).put("password", access.adminPassword());
        node.put("pid", access.pid());
        node.put("attached", access.attached());
    }

    private static void describe(SearchAccess access, ObjectNode line) {
        ObjectNode node = line.putObject("search");
        node.put("url", access.url());
        node.put("pid", access.pid());
        node.put("attached", access.attached());
    }

    private static void describe(S3Access access, ObjectNode line) {
        ObjectNode node = line.putObject("s3");
        node.put("endpoint", access.endpoint());
        node.put("access_key_id", access.accessKeyId());
        node.put("secret_access_key", access.secretAccessKey());
        node.put("region", access.region());
        node.put("folder", access.folder().toString());
        access.buckets().forEach(node.putArray("buckets")::add);
        node.put("pid", access.pid());
        node.put("attached", access.attached());
    }
}
