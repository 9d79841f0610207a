package io.millrace.it.harness;

import io.millrace.dev.weblog.AccessLogScript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Visitors of a web server: its log grows on a thread of its own, whether anyone reads it or not, until it is told to end. */
public final class ClickTraffic {
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int MOST_AT_ONCE = 8;

    private final AccessLog log;
    private final AccessLogScript script;
    private final Random random;
    private final List<String> written = new ArrayList<>();
    private final Background background;
    private Instant time = Instant.parse("2026-01-31T12:00:00Z");

    private ClickTraffic(AccessLog log, long seed) {
        this.log = log;
        this.script = new AccessLogScript(seed);
        this.random = new Random(seed);
        this.background = Background.start("clicks", this::write, PAUSE);
    }

    public static ClickTraffic start(AccessLog log, long seed) {
        return new ClickTraffic(log, seed);
    }

    private synchronized void write() throws IOException {
        List<String> lines = new ArrayList<>();
        int count = 1 + random.nextInt(MOST_AT_ONCE);
        for (int i = 0; i < count; i++) {
            time = time.plusMillis(random.nextInt(400));
            lines.add(script.next(time));
        }
        append(lines);
    }

    /** A line of its own, by whose path it is known. */
    public synchronized void probe(String path) throws IOException {
        append(List.of(
                "10.0.0.1 - - [31/Jan/2026:12:00:00 +0000] \"GET " + path + " HTTP/1.1\" 200 1 \"-\" \"curl/8.5.0\""));
    }

    /** Torn over two writes. */
    private void append(List<String> lines) throws IOException {
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        int torn = random.nextInt(bytes.length);
        log.append(Arrays.copyOfRange(bytes, 0, torn));
        log.append(Arrays.copyOfRange(bytes, torn, bytes.length));
        written.addAll(lines);
    }

    /** Rotation by rename; the server goes on in a new file at once. */
    public synchronized Path rename() throws IOException {
        write();
        Path rotated = log.rename();
        write();
        return rotated;
    }

    /** Rotation by copy and truncate; the server goes on at once. */
    public synchronized Path copyTruncate() throws IOException {
        write();
        Path rotated = log.copyTruncate();
        write();
        return rotated;
    }

    /** Compresses a rotated file. */
    public void gzip(Path rotated) throws IOException {
        log.gzip(rotated);
    }

    /** Ends it, and gives all lines that were written, in order. */
    public List<String> end() throws Exception {
        background.end();
        return List.copyOf(written);
    }
}
