package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A {@code millrace} command of the distribution, running. */
public final class MillraceProcess implements AutoCloseable {
    /** What SIGKILL leaves as exit status. */
    public static final int KILLED = 137;

    /** What a user's environment could answer in place of the test's. */
    private static final Pattern OURS =
            Pattern.compile("(MILLRACE_|SHOP_|AWS_|LAKE|WAREHOUSE_|SEARCH_|IOT_|ACCESS_LOG).*");

    private final Process process;
    private final List<String> output = new ArrayList<>();
    private final Thread reader;

    private MillraceProcess(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "output-of-" + process.pid());
        this.reader.setDaemon(true);
    }

    /** Starts a command, standard error joined to standard output, with nothing on standard input. */
    public static MillraceProcess start(Path workFolder, Map<String, String> environment, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Distribution.home().resolve("bin/millrace").toString());
        command.addAll(arguments);
        return startCommand(workFolder, environment, command);
    }

    /** The same with any command line, for example another copy's launcher. */
    public static MillraceProcess startCommand(Path workFolder, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(workFolder.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().keySet().removeIf(OURS.asMatchPredicate());
        builder.environment().putAll(environment);
        MillraceProcess started = new MillraceProcess(builder.start());
        started.reader.start();
        return started;
    }

    /** What was printed so far. */
    public String output() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    /** Waits for a line that holds a text. */
    public void awaitOutput(String text, Duration timeout) throws Exception {
        Await.until(timeout, () -> {
            assertThat(output()).contains(text);
            if (!process.isAlive() && !output().contains(text)) {
                throw new IllegalStateException("ended with " + process.exitValue() + ":\n" + output());
            }
        });
    }

    /** Waits for the end. */
    public int awaitExit(Duration timeout) throws InterruptedException {
        assertThat(process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS))
                .as("the command ends within %s; it printed:\n%s", timeout, output())
                .isTrue();
        reader.join(TimeUnit.SECONDS.toMillis(5));
        return process.exitValue();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(10));
    }

    /** SIGTERM, and waits for the clean stop. */
    public int stop() throws InterruptedException {
        // Process.destroy would also close the pipe that its last words come through
        process.toHandle().destroy();
        return awaitExit(Duration.ofSeconds(60));
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private void read() {
        try (InputStream in = process.getInputStream();
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    output.add(line);
                }
            }
        } catch (IOException e) {
            if (process.isAlive()) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
