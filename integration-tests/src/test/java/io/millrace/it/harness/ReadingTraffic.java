package io.millrace.it.harness;

import io.millrace.dev.readings.ReadingScript;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Devices that post on a thread of their own, and send again until someone takes it, until they are told to end. */
public final class ReadingTraffic {
    private static final Duration PAUSE = Duration.ofMillis(50);
    /** Longer than any restart. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final int MOST_AT_ONCE = 20;

    private final Devices devices;
    private final ReadingScript script;
    private final Random random;
    private final Queue<String> probes = new ConcurrentLinkedQueue<>();
    private final List<String> posted = new ArrayList<>();
    private final Background background;

    private ReadingTraffic(Devices devices, long seed) {
        this.devices = devices;
        this.script = new ReadingScript(seed, START);
        this.random = new Random(seed);
        this.background = Background.start("readings", this::post, PAUSE);
    }

    public static ReadingTraffic start(Devices devices, long seed) {
        return new ReadingTraffic(devices, seed);
    }

    private void post() throws Exception {
        List<String> next = new ArrayList<>();
        for (String probe = probes.poll(); probe != null; probe = probes.poll()) {
            next.add(probe);
        }
        int count = 1 + random.nextInt(MOST_AT_ONCE);
        for (int i = 0; i < count; i++) {
            next.add(script.next().line());
        }
        devices.post(next, random.nextLong(), PATIENCE);
        posted.addAll(next);
    }

    /** A reading of a device of its own goes with what is posted next. */
    public void probe(String device) {
        probes.add(
                "{\"data\":{\"humidity\":50.0,\"light\":true,\"motion\":false,\"smoke\":0.02,\"temp\":20.5},\"device_id\":\""
                        + device + "\",\"ts\":" + START.getEpochSecond() + ".000000,\"device\":\"probe\"}");
    }

    /** Ends it when all was acknowledged, and gives all readings, in the order in which they were posted first. */
    public List<String> end() throws Exception {
        background.end();
        return List.copyOf(posted);
    }

    /** How many readings were sent once more. */
    public int sentAgain() {
        return devices.sentAgain();
    }
}
