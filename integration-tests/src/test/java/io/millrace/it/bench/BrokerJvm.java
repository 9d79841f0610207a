package io.millrace.it.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.harness.Await;
import io.millrace.it.harness.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A contestant's process, with a data folder of its own. */
final class BrokerJvm implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(60);
    private static final long PROBE_NANOS = Duration.ofMillis(5).toNanos();
    private static final int TAIL = 60;

    private final Process process;
    private final int port;
    private final long begun;

    private BrokerJvm(Process process, int port, long begun) {
        this.process = process;
        this.port = port;
        this.begun = begun;
    }

    /**
     * Starts it and does not wait.
     *
     * @param folder made for it
     * @param flags of its JVM
     */
    static BrokerJvm start(Contestant contestant, Path folder, List<String> flags) throws Exception {
        int port = Ports.free();
        Path properties = contestant.prepare(folder, port, Ports.free());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(contestant.program(properties));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(folder).toFile())
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        long begun = System.nanoTime();
        return new BrokerJvm(builder.start(), port, begun);
    }

    private static Path log(Path folder) {
        return folder.resolve("broker.log");
    }

    /** The end of what the process of that folder printed. */
    static String logTail(Path folder) throws IOException {
        if (!Files.exists(log(folder))) {
            return "(nothing was started)";
        }
        List<String> lines = Files.readAllLines(log(folder));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    long pid() {
        return process.pid();
    }

    double secondsSinceStart() {
        return (System.nanoTime() - begun) / 1e9;
    }

    double cpuSeconds() throws IOException {
        return ProcessFigures.cpuSeconds(process.pid()).doubleValue();
    }

    /** Waits until somebody listens: a client that comes before loses time by its own backing off. */
    void awaitListening() throws InterruptedException {
        long deadline = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (!isListening()) {
            assertThat(process.isAlive()).as("the process lives").isTrue();
            assertThat(System.nanoTime())
                    .as("it listens within %s", STARTS_WITHIN)
                    .isLessThan(deadline);
            LockSupport.parkNanos(PROBE_NANOS);
        }
    }

    private boolean isListening() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Leaves it alone for a while, which it must survive. */
    void idle(Duration span) throws InterruptedException {
        assertThat(process.waitFor(span.toMillis(), TimeUnit.MILLISECONDS))
                .as("the process ended while nothing was asked of it")
                .isFalse();
    }

    /** That the JVM has mapped a file, for example the archive of classes, which it goes without if anything about it is not right. */
    void assertMaps(Path file) throws IOException {
        assertThat(Files.readString(Path.of("/proc", Long.toString(process.pid()), "maps")))
                .as("files mapped into the process")
                .contains(file.toString());
    }

    /** SIGTERM, and waits for the clean stop. */
    void stop() throws Exception {
        process.destroy();
        Await.until(STOPS_WITHIN, () -> assertThat(process.isAlive())
                .as("the process lives %s after SIGTERM", STOPS_WITHIN)
                .isFalse());
    }

    /** SIGKILL: its folder is thrown away. */
    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
