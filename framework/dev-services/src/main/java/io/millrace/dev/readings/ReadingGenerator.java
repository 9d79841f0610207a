package io.millrace.dev.readings;

import io.millrace.dev.process.Progress;
import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Posts readings at a rate, from the calling thread, until enough are acknowledged or the end is reached. */
public final class ReadingGenerator {
    private static final int LARGEST_POST = 20;

    private final ReadingPoster poster;
    private final Random random;
    private final Map<Reading.Kind, Long> acknowledged = new EnumMap<>(Reading.Kind.class);

    /** @param seed of the sizes of posts: 1 to 20 readings each */
    public ReadingGenerator(ReadingPoster poster, long seed) {
        this.poster = poster;
        this.random = new Random(seed);
    }

    /**
     * Says {@code ready}, posts, and at the end says what was acknowledged: {@code {"good":..., "broken":..., ..., "retries":...}}.
     *
     * @param readings answers null when there are no more
     * @param rate readings per second
     * @param count how many; negative for no end
     * @throws ProblemException as {@link ReadingPoster#post}; {@code dev.rate} for a rate that cannot be
     */
    public void run(Supplier<@Nullable Reading> readings, double rate, long count, CountDownLatch end, Progress out)
            throws InterruptedException {
        if (!(rate > 0 && rate <= 100_000)) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "dev.rate",
                            "",
                            "rate '" + rate + "' is not above 0 and at most 100000.",
                            "It is in readings per second."));
        }
        out.step("ready");
        long startNanos = System.nanoTime();
        double nanosPerReading = TimeUnit.SECONDS.toNanos(1) / rate;
        long done = 0;
        while (count < 0 || done < count) {
            long dueNanos = startNanos + (long) (done * nanosPerReading);
            if (end.await(Math.max(0, dueNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                break;
            }
            List<Reading> batch = batch(readings, count < 0 ? LARGEST_POST : Math.min(LARGEST_POST, count - done));
            if (batch.isEmpty()
                    || !poster.post(batch.stream().map(Reading::line).toList(), end)) {
                break;
            }
            batch.forEach(reading -> acknowledged.merge(reading.kind(), 1L, Long::sum));
            done += batch.size();
        }
        out.step(summary());
    }

    private List<Reading> batch(Supplier<@Nullable Reading> readings, long most) {
        int size = (int) Math.min(most, 1 + random.nextInt(LARGEST_POST));
        List<Reading> batch = new ArrayList<>();
        while (batch.size() < size) {
            Reading next = readings.get();
            if (next == null) {
                break;
            }
            batch.add(next);
        }
        return batch;
    }

    private String summary() {
        StringBuilder json = new StringBuilder("{");
        for (Reading.Kind kind : Reading.Kind.values()) {
            json.append('"').append(kind.name().toLowerCase(Locale.ROOT)).append("\":");
            json.append(acknowledged.getOrDefault(kind, 0L)).append(',');
        }
        return json.append("\"retries\":").append(poster.retries()).append('}').toString();
    }
}
