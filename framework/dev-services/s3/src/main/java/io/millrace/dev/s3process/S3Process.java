package io.millrace.dev.s3process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.gaul.s3proxy.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs S3Proxy until it is told to end, or until its folder's {@code server.json} is gone or names another process. PostgreSQL does
 * likewise with its postmaster.pid.
 */
public final class S3Process {
    private static final Logger LOG = LoggerFactory.getLogger(S3Process.class);
    private static final long INTERVAL_SECONDS = 5;

    private final Path record;
    private final String mine;
    private boolean missedBefore;

    S3Process(Path record, long pid) {
        this.record = record;
        this.mine = "\"pid\":" + pid + "}";
    }

    /** Arguments are S3Proxy's: {@code --properties <file>}; the record lies beside that file. */
    public static void main(String[] arguments) throws Exception {
        S3Process process = new S3Process(
                Path.of(arguments[1]).resolveSibling("server.json"),
                ProcessHandle.current().pid());
        ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "folder-watch");
            thread.setDaemon(true);
            return thread;
        });
        watch.scheduleWithFixedDelay(
                () -> {
                    if (process.isAbandoned()) {
                        LOG.atWarn().log("the folder of this server is gone or belongs to another one; ending");
                        // Not exit: the end of a server whose files are gone must not wait for anything.
                        Runtime.getRuntime().halt(0);
                    }
                },
                INTERVAL_SECONDS,
                INTERVAL_SECONDS,
                TimeUnit.SECONDS);
        Main.main(arguments);
    }

    /** Whether two looks in a row did not find this process on record; one may fall between start and record. */
    boolean isAbandoned() {
        boolean missed = !isOnRecord();
        boolean abandoned = missed && missedBefore;
        missedBefore = missed;
        return abandoned;
    }

    private boolean isOnRecord() {
        try {
            return Files.readString(record).contains(mine);
        } catch (IOException e) {
            return false;
        }
    }
}
