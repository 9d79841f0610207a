package io.millrace.broker.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One broker folder and port, and the process that serves it at present. One thread owns it. */
final class BrokerProcess implements AutoCloseable {
    private final Path folder;
    private final String engine;
    private final int port;
    private Process process;

    private BrokerProcess(Path folder, String engine, int port) {
        this.folder = folder;
        this.engine = engine;
        this.port = port;
    }

    static BrokerProcess in(Path folder, String engine) throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return new BrokerProcess(folder, engine, probe.getLocalPort());
        }
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Starts a process and does not wait for it. */
    void launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        String logging = System.getProperty("log4j2.configurationFile");
        if (logging != null) {
            command.add("-Dlog4j2.configurationFile=" + logging);
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProgram.class.getName(),
                folder.toString(),
                engine,
                String.valueOf(port)));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    /** Starts a process and waits until it serves. */
    void start() throws IOException {
        launch();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("ready ")) {
                return;
            }
        }
        throw new IOException("the broker did not start; see " + log());
    }

    /** Whether it lives that long; kills it with SIGKILL if so. */
    boolean killAfter(long millis) throws InterruptedException {
        boolean died = process.waitFor(millis, TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
        return !died;
    }

    Path log() {
        return folder.resolveSibling("broker.err");
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }
}
