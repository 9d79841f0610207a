package io.millrace.broker.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A program in a JVM of its own that can be started, stopped and killed many times. One thread owns it. */
final class Child implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 90;
    private static final String END = "\0end";

    private final String name;
    private final Path log;
    private final List<String> command;
    private final AtomicInteger replaced = new AtomicInteger();
    private BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private Process process;

    /** @param home takes what it writes: a log by its name */
    Child(String name, Path home, int heapMegabytes, Class<?> program, String... arguments) {
        this.name = name;
        this.log = home.resolve(name + ".log");
        this.command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        String logging = System.getProperty("log4j2.configurationFile");
        if (logging != null) {
            command.add("-Dlog4j2.configurationFile=" + logging);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(Arrays.asList(arguments));
    }

    /** Starts it and waits until it says that it is ready. */
    void start() throws IOException, InterruptedException {
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        said = lines;
        Process reading = process;
        Thread reader = new Thread(() -> read(reading, lines), "output of " + name);
        reader.setDaemon(true);
        reader.start();
        await("ready");
    }

    private void read(Process from, BlockingQueue<String> lines) {
        try (BufferedReader output =
                        new BufferedReader(new InputStreamReader(from.getInputStream(), StandardCharsets.UTF_8));
                PrintWriter copy = new PrintWriter(
                        Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND), true)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                copy.println(line);
                lines.add(line);
                if (line.startsWith("replaced ")) {
                    replaced.incrementAndGet();
                    System.out.println(name + " " + line);
                }
            }
        } catch (IOException e) {
            // killed between two lines: the end of its output, as any other
            lines.add(END + " " + e.getMessage());
            return;
        }
        lines.add(END);
    }

    /** The rest of the next line that starts with this; what is said before, as warnings, is in its log. */
    private String await(String start) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (String line = next(deadline); line != null && !line.startsWith(END); line = next(deadline)) {
            if (line.startsWith(start)) {
                return line.substring(start.length()).trim();
            }
        }
        throw new IOException(name + " did not say '" + start + "'; see " + log);
    }

    private String next(long deadline) throws InterruptedException {
        return said.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    void kill() throws InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError(name + " ended before it was killed: " + process.exitValue() + "; see " + log);
        }
        process.destroyForcibly().waitFor();
    }

    /** Ends its input and waits for a clean end. */
    void stop(String lastWord) throws IOException, InterruptedException {
        process.getOutputStream().close();
        await(lastWord);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(name + " did not end cleanly; see " + log);
        }
    }

    /** Sends a character and tells what it answered. */
    String ask(char question, String answer) throws IOException, InterruptedException {
        process.getOutputStream().write(question);
        process.getOutputStream().flush();
        return await(answer);
    }

    boolean alive() {
        return process != null && process.isAlive();
    }

    /** How many of its threads ended with an exception and were replaced. */
    int replaced() {
        return replaced.get();
    }

    /** A number of {@code /proc/<pid>/status}: resident memory in kB, threads. */
    long status(String field) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElseThrow();
        }
    }

    long openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path log() {
        return log;
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }
}
