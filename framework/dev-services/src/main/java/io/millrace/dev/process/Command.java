package io.millrace.dev.process;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a short command to its end. */
public final class Command {
    /** The exit status reported for a command that was ended because its time was over. */
    public static final int TIMED_OUT = -1;

    /**
     * How a command ended.
     *
     * @param status its exit status, or {@link #TIMED_OUT}
     * @param output standard output and error, mixed
     */
    public record Result(int status, String output) {
        public boolean succeeded() {
            return status == 0;
        }
    }

    private Command() {}

    /**
     * Runs it with no input. Its output goes through a file, because a pipe would stay open in servers that the command leaves behind.
     *
     * @param workFolder where the output file is made, and the command's current folder
     * @throws IOException when the command does not exist or the file cannot be written
     */
    public static Result run(List<String> command, Path workFolder, Duration timeout) throws IOException {
        Path output = Files.createTempFile(workFolder, "command-", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(workFolder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            if (!waitFor(process, timeout)) {
                process.destroyForcibly();
                return new Result(TIMED_OUT, read(output));
            }
            return new Result(process.exitValue(), read(output));
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static boolean waitFor(Process process, Duration timeout) throws IOException {
        try {
            return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new IOException("interrupted while a command ran", e);
        }
    }

    private static String read(Path output) throws IOException {
        return new String(Files.readAllBytes(output), Charset.defaultCharset()).strip();
    }
}
