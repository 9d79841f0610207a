package io.millrace.dev.weblog;

import io.millrace.dev.process.Progress;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Writes an access log at a rate, from the calling thread; when it is long enough, the file is renamed and a new one begun. */
public final class AccessLogGenerator {
    private final Path file;
    private final AccessLogScript script;
    private final Clock clock;
    private final int linesPerFile;

    /**
     * @param linesPerFile how many lines a file has when it is rotated away to {@code <file>.1}; an older one of that name goes
     */
    public AccessLogGenerator(Path file, AccessLogScript script, Clock clock, int linesPerFile) {
        this.file = file;
        this.script = script;
        this.clock = clock;
        this.linesPerFile = linesPerFile;
    }

    /**
     * Says {@code ready} and writes.
     *
     * @param rate lines per second
     * @param count how many; negative for no end
     * @throws ProblemException {@code dev.rate} for a rate that cannot be, {@code dev.log-unwritable}
     */
    public void run(double rate, long count, CountDownLatch end, Progress out) throws InterruptedException {
        if (!(rate > 0 && rate <= 100_000)) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "dev.rate",
                            "",
                            "rate '" + rate + "' is not above 0 and at most 100000.",
                            "It is in lines per second."));
        }
        out.step("ready");
        long startNanos = System.nanoTime();
        double nanosPerLine = TimeUnit.SECONDS.toNanos(1) / rate;
        for (long done = 0; count < 0 || done < count; done++) {
            long dueNanos = startNanos + (long) (done * nanosPerLine);
            if (end.await(Math.max(0, dueNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                return;
            }
            try {
                if (done > 0 && done % linesPerFile == 0) {
                    Files.move(
                            file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
                }
                Files.writeString(
                        file,
                        script.next(clock.instant()) + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new ProblemException(
                        ExitCode.ENVIRONMENT,
                        Problem.error(
                                "dev.log-unwritable",
                                file.toString(),
                                "the access log cannot be written: " + e + ".",
                                "Check the folder's rights and the space on its disk."),
                        e);
            }
        }
    }
}
