package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/** The readings that are posted to an {@link OutageRun}, numbered one after the other, and where they are. */
public final class OutageReadings {
    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofSeconds(20);

    private final OutageRun run;
    private final TargetContents contents;
    private final AtomicLong next;
    private final Duration arriveWithin;
    private final long seed;

    /**
     * @param first the number of the first
     * @param arriveWithin how soon all of them are everywhere
     */
    public OutageReadings(OutageRun run, long first, Duration arriveWithin, long seed) {
        this.run = run;
        this.contents = run.contents();
        this.next = new AtomicLong(first);
        this.arriveWithin = arriveWithin;
        this.seed = seed;
    }

    /** The number of the next one. */
    public long next() {
        return next.get();
    }

    /** They keep coming until it ends. */
    public Flow flow() {
        return Flow.start(run.devices(), next, OutageReadings::reading, seed);
    }

    private static String reading(long id) {
        return "{\"id\": " + id + ", \"code\": \"" + id % 1000 + "\", \"celsius\": 20.5, \"note\": \"reading " + id
                + "\"}";
    }

    /**
     * Posts one of another kind in the midst of the flow.
     *
     * @param reading a format of its number
     * @return its number
     */
    public long post(String reading) throws Exception {
        long id = next.getAndIncrement();
        run.devices().post(List.of(String.format(reading, id)), seed, ACKNOWLEDGED_WITHIN);
        return id;
    }

    /** Readings that are posted from now on arrive in each of these targets; without targets, they are still acknowledged. */
    public void awaitGoesOn(Set<Target> targets, Duration timeout) throws Exception {
        long from = next.get();
        Await.until(timeout, () -> assertThat(next.get())
                .as("readings are acknowledged\n%s", run.tail())
                .isGreaterThan(from));
        for (Target target : targets) {
            Await.until(timeout, () -> assertThat(contents.readings(target, from, next.get()))
                    .as("%s goes on with readings from %s\n%s", target, from, run.tail())
                    .isNotEmpty());
        }
    }

    /** Each from the first on is in each target, once. */
    public void awaitOnce(long first) throws Exception {
        awaitOnce(first, Map.of());
    }

    /**
     * The same but for some.
     *
     * @param without target to what it does not have
     */
    public void awaitOnce(long first, Map<Target, Set<Long>> without) throws Exception {
        long end = next.get();
        for (Target target : Target.values()) {
            Set<Long> missing = without.getOrDefault(target, Set.of());
            List<Long> expected = LongStream.range(first, end)
                    .boxed()
                    .filter(id -> !missing.contains(id))
                    .toList();
            Await.until(arriveWithin, () -> assertSame(target, contents.readings(target, first, end), expected));
        }
        assertThat(run.lake().duplicates()).isEmpty();
    }

    private void assertSame(Target target, List<Long> seen, List<Long> expected) {
        Set<Long> distinct = new HashSet<>(seen);
        assertThat(expected.stream().filter(id -> !distinct.contains(id)))
                .as("readings that are not in %s\n%s", target, run.tail())
                .isEmpty();
        assertThat(seen).as("readings in %s", target).hasSameSizeAs(expected);
    }

    /** The dead letters of those from the first on. */
    public List<DeadReading> dead(long first) throws Exception {
        try (TopicReader letters = TopicReader.open(run.broker(), "deadletter.outage")) {
            return letters.all().stream()
                    .map(DeadReading::of)
                    .filter(letter -> letter.id() >= first)
                    .toList();
        }
    }
}
