package io.millrace.connectors.s3;

import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real S3Proxy in its own process, on the class path that framework/dev-services/s3 gathered; its objects are files in a folder. */
final class S3ProxyProcess implements AutoCloseable {
    static final String ACCESS_KEY_ID = "tester";
    static final String SECRET_ACCESS_KEY = "tester-secret";
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

    private final Process process;
    private final String endpoint;
    private final Path buckets;

    private S3ProxyProcess(Process process, String endpoint, Path buckets) {
        this.process = process;
        this.endpoint = endpoint;
        this.buckets = buckets;
    }

    /** @param folder an empty one, for its buckets and log */
    static S3ProxyProcess start(Path folder) throws IOException, InterruptedException {
        Path lib = Path.of("../../framework/dev-services/s3/target/lib");
        if (!Files.isDirectory(lib)) {
            throw new IllegalStateException("Build the module framework/dev-services/s3 up to 'package' first.");
        }
        Path buckets = Files.createDirectories(folder.resolve("buckets"));
        String endpoint = "http://127.0.0.1:" + freePort();
        Path properties = Files.write(
                folder.resolve("s3proxy.properties"),
                List.of(
                        "s3proxy.endpoint=" + endpoint,
                        "s3proxy.authorization=aws-v2-or-v4",
                        "s3proxy.identity=" + ACCESS_KEY_ID,
                        "s3proxy.credential=" + SECRET_ACCESS_KEY,
                        "jclouds.provider=filesystem-nio2",
                        "jclouds.filesystem.basedir=" + buckets));
        Path logback = Files.writeString(
                folder.resolve("logback.xml"),
                "<configuration><appender name='out' class='ch.qos.logback.core.ConsoleAppender'><encoder><pattern>%level %logger"
                        + " %msg%n</pattern></encoder></appender><root level='WARN'><appender-ref ref='out'/></root></configuration>");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlogback.configurationFile=" + logback,
                        "-cp",
                        lib.toAbsolutePath() + File.separator + "*",
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        properties.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("s3proxy.log").toFile())
                .start();
        S3ProxyProcess proxy = new S3ProxyProcess(process, endpoint, buckets);
        proxy.awaitAnswer(folder.resolve("s3proxy.log"));
        return proxy;
    }

    private void awaitAnswer(Path log) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + STARTS_WITHIN.toNanos();
        while (!answers()) {
            if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new IllegalStateException("S3Proxy did not start: " + Files.readString(log));
            }
        }
    }

    private boolean answers() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(endpoint).toURL().openConnection();
            connection.getResponseCode();
            connection.disconnect();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String endpoint() {
        return endpoint;
    }

    /** The folder of a bucket; made, the bucket exists. */
    Path bucket(String name) throws IOException {
        return Files.createDirectories(buckets.resolve(name));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }
}
