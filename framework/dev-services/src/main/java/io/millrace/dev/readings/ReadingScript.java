package io.millrace.dev.readings;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Makes one reading after another; never ends. One thread. */
public final class ReadingScript {
    /** Of each {@link #BLOCK} readings this many are... */
    public static final int BROKEN = 1;

    public static final int IMPLAUSIBLE = 1;
    public static final int DUPLICATES = 2;
    public static final int BLOCK = 100;

    private static final int REMEMBERED = 50;
    private static final List<String> IMPOSSIBLE = List.of("-273.5", "140.0", "999.9");

    private static final class Device {
        private final String name;
        private final String id;
        private double celsius;
        private double humidity;

        Device(String name, String id, double celsius, double humidity) {
            this.name = name;
            this.id = id;
            this.celsius = celsius;
            this.humidity = humidity;
        }
    }

    private final Random random;
    private final List<Device> devices = List.of(
            new Device("iot-device-01", "0e:9c:00:4c:1c:51", 19, 75),
            new Device("iot-device-02", "5e:44:3b:f3:79:c8", 26, 59),
            new Device("iot-device-03", "f3:6b:f4:34:c0:17", 22, 52));
    private final List<Reading.Kind> block = new ArrayList<>();
    private final List<String> good = new ArrayList<>();
    private long micros;

    /** @param start the time of the first reading; each is 0.1 to 1.5 s after the one before */
    public ReadingScript(long seed, Instant start) {
        this.random = new Random(seed);
        this.micros = ChronoUnit.MICROS.between(Instant.EPOCH, start);
    }

    /** The next reading. */
    public Reading next() {
        if (block.isEmpty()) {
            fillBlock();
        }
        Reading.Kind kind = block.remove(block.size() - 1);
        if (kind == Reading.Kind.DUPLICATE) {
            return new Reading(kind, good.get(random.nextInt(good.size())));
        }
        return made(kind);
    }

    private void fillBlock() {
        block.addAll(Collections.nCopies(BROKEN, Reading.Kind.BROKEN));
        block.addAll(Collections.nCopies(IMPLAUSIBLE, Reading.Kind.IMPLAUSIBLE));
        block.addAll(Collections.nCopies(DUPLICATES, Reading.Kind.DUPLICATE));
        block.addAll(Collections.nCopies(BLOCK - block.size(), Reading.Kind.GOOD));
        Collections.shuffle(block, random);
        // Taken from the end, and a duplicate needs one before it.
        Collections.swap(block, block.size() - 1, block.indexOf(Reading.Kind.GOOD));
    }

    private Reading made(Reading.Kind kind) {
        Device device = devices.get(random.nextInt(devices.size()));
        micros += 100_000 + random.nextInt(1_400_000);
        device.celsius = between(4, 34, device.celsius + random.nextGaussian() * 0.3);
        device.humidity = between(20, 80, device.humidity + random.nextGaussian() * 0.4);
        String celsius = kind == Reading.Kind.IMPLAUSIBLE
                ? IMPOSSIBLE.get(random.nextInt(IMPOSSIBLE.size()))
                : String.format(Locale.ROOT, "%.1f", device.celsius);
        String line = line(device, celsius);
        if (kind == Reading.Kind.BROKEN) {
            return new Reading(kind, line.substring(0, 1 + random.nextInt(line.length() - 1)));
        }
        if (kind == Reading.Kind.GOOD) {
            good.add(line);
            if (good.size() > REMEMBERED) {
                good.remove(0);
            }
        }
        return new Reading(kind, line);
    }

    private String line(Device device, String celsius) {
        double smoke = 0.0155 + random.nextDouble() * 0.02;
        return String.format(
                Locale.ROOT,
                "{\"data\":{\"co\":%.6f,\"humidity\":%.1f,\"light\":%b,\"lpg\":%.6f,\"motion\":%b,\"smoke\":%.6f,\"temp\":%s},"
                        + "\"device_id\":\"%s\",\"ts\":%d.%06d,\"device\":\"%s\"}",
                smoke * 0.25,
                device.humidity,
                random.nextBoolean(),
                smoke * 0.38,
                random.nextInt(50) == 0,
                smoke,
                celsius,
                device.id,
                Math.floorDiv(micros, 1_000_000L),
                Math.floorMod(micros, 1_000_000L),
                device.name);
    }

    private static double between(double least, double most, double value) {
        return Math.max(least, Math.min(most, value));
    }
}
