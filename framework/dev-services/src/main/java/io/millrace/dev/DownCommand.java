package io.millrace.dev;

import io.millrace.dev.postgres.PostgresServer;
import io.millrace.dev.process.DevFolder;
import io.millrace.dev.process.Progress;
import io.millrace.dev.s3.S3Server;
import io.millrace.dev.search.SearchServer;
import io.millrace.foundation.error.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Stops what runs; nothing running is fine. */
@Command(name = "down", description = "Stops the servers of a folder; their data stays.")
@NullUnmarked
final class DownCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--data", required = true, description = "Folder of the servers' data.")
    private Path data;

    @Override
    public Integer call() throws Exception {
        Path folder = data.toAbsolutePath().normalize();
        if (Files.isDirectory(folder)) {
            Progress progress = line -> spec.commandLine().getErr().println(line);
            try (AutoCloseable lock = DevFolder.lock(folder)) {
                new SearchServer(folder.resolve("search"), folder, progress).down();
                new S3Server(folder.resolve("s3"), folder, progress, Clock.systemUTC()).down();
                PostgresServer.in(folder.resolve("postgres"), progress).down();
            }
        }
        return ExitCode.OK.status();
    }
}
