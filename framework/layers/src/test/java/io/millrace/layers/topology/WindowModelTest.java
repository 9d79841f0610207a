package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.layers.record.Gathering;
import io.millrace.layers.record.Totals;
import io.millrace.layers.topology.WindowBench.Event;
import io.millrace.pipeline.step.Window;
import io.millrace.pipeline.step.Window.Emit;
import io.millrace.pipeline.step.Window.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Windows against a model that knows all events: seeded streams of three partitions, read at different speeds, not in order. */
class WindowModelTest {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final int PARTITIONS = 3;
    private static final int EVENTS = 300;

    @TempDir
    Path stateDir;

    static Stream<Arguments> windows() {
        return Stream.of(
                Arguments.of(1, WindowBench.window(Shape.TUMBLING, 60_000, 60_000, 0, Emit.CHANGES, WEEK)),
                Arguments.of(2, WindowBench.window(Shape.TUMBLING, 60_000, 60_000, 45_000, Emit.CHANGES, WEEK)),
                Arguments.of(3, WindowBench.window(Shape.HOPPING, 90_000, 40_000, 0, Emit.CHANGES, WEEK)),
                Arguments.of(4, WindowBench.window(Shape.HOPPING, 60_000, 10_000, 20_000, Emit.CHANGES, WEEK)),
                Arguments.of(5, WindowBench.window(Shape.SESSION, 25_000, 25_000, 0, Emit.CHANGES, WEEK)),
                Arguments.of(6, WindowBench.window(Shape.SESSION, 15_000, 15_000, 30_000, Emit.CHANGES, WEEK)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("windows")
    void windowsAreThoseOfTheModelHoweverFarPartitionsWereRead(int seed, Window window) {
        Random random = new Random(seed);
        List<List<Event>> partitions = partitions(random, true);
        Model model = new Model(window, partitions);
        assertThat(model.late).as("the streams have late records").isNotEmpty();
        for (int reading = 0; reading < 3; reading++) {
            try (WindowBench bench = new WindowBench(window, stateDir.resolve(String.valueOf(reading)))) {
                read(partitions, reading, random).forEach(bench::send);

                assertThat(bench.table).isEqualTo(model.table);
                assertThat(bench.late).containsExactlyInAnyOrderElementsOf(model.late);
                assertThat(bench.counters.dropped().get("late")).isEqualTo(model.late.size());
            }
        }
    }

    @Test
    void aWindowThatIsWrittenOnceHasAllThatCameInTimeAndSilentOnesAreWrittenAfterAWhile() {
        for (int seed = 0; seed < 3; seed++) {
            Window window = WindowBench.window(Shape.HOPPING, 60_000, 20_000, 15_000, Emit.FINAL, WEEK);
            // The groups of a partition are in no other.
            List<List<Event>> partitions = partitions(new Random(seed), false);
            Model model = new Model(window, partitions);
            try (WindowBench bench = new WindowBench(window, stateDir.resolve("final-" + seed))) {
                read(partitions, seed, new Random(seed)).forEach(bench::send);
                assertThat(bench.writes.values()).containsOnly(1);
                assertThat(model.table).containsAllEntriesOf(bench.table).hasSizeGreaterThan(bench.table.size());
                assertThat(bench.stored().get(0)).isEqualTo(model.table.size() - bench.table.size());

                bench.pass(Duration.ofMinutes(4));
                assertThat(bench.table).hasSizeLessThan(model.table.size());
                bench.pass(Duration.ofMinutes(2));
                assertThat(bench.table).isEqualTo(model.table);
                assertThat(bench.writes.values()).containsOnly(1);
                assertThat(bench.late).containsExactlyInAnyOrderElementsOf(model.late);
            }
        }
    }

    @Test
    void whatIsKeptIsBoundedByTheTimeThatWindowsAreKept() {
        Window window = WindowBench.window(Shape.TUMBLING, 1_000, 1_000, 0, Emit.CHANGES, Duration.ofSeconds(10));
        try (WindowBench bench = new WindowBench(window, stateDir)) {
            for (int second = 0; second < 200; second++) {
                bench.send(new Event("a", second * 1_000_000L, 0, second, 1));
                assertThat(bench.stored().get(0)).isLessThanOrEqualTo(12);
            }
            // From another partition: in time while the window is kept, and late after that.
            bench.send(new Event("a", 192_000_000L, 1, 0, 1));
            bench.send(new Event("a", 150_000_000L, 2, 0, 1));

            assertThat(bench.table.get("{\"g\":\"a\",\"window_start\":192000000}"))
                    .startsWith("193000000 2 ");
            assertThat(bench.table.get("{\"g\":\"a\",\"window_start\":150000000}"))
                    .startsWith("151000000 1 ");
            assertThat(bench.late).containsExactly("raw-2@0 1970-01-01T00:02:30Z");

            bench.pass(Duration.ofDays(2));
            assertThat(bench.stored()).containsExactly(0L, 1L);
            bench.send(new Event("a", 199_500_000L, 2, 1, 1));
            assertThat(bench.late).hasSize(2);
            assertThat(bench.table.get("{\"g\":\"a\",\"window_start\":199000000}"))
                    .startsWith("200000000 1 ");
        }
    }

    @Test
    void aSessionThatWasWrittenForASilentGroupGoesOnAndThenMovesWithItsStart() {
        Window window = WindowBench.window(Shape.SESSION, 10_000, 10_000, 60_000, Emit.FINAL, WEEK);
        try (WindowBench bench = new WindowBench(window, stateDir)) {
            bench.send(new Event("a", 20_000_000, 0, 1, 1));
            bench.pass(Duration.ofMinutes(6));
            assertThat(bench.table).containsOnlyKeys("{\"g\":\"a\",\"window_start\":20000000}");

            bench.send(new Event("a", 15_000_000, 0, 2, 1));
            assertThat(bench.table).isEmpty();
            bench.send(new Event("a", 500_000_000, 0, 3, 1));

            assertThat(bench.table).containsOnlyKeys("{\"g\":\"a\",\"window_start\":15000000}");
            assertThat(bench.table.values()).allMatch(row -> row.startsWith("20000000 2 "));
        }
    }

    /** What partitions hold, in their order: event time goes on, with steps back. */
    private static List<List<Event>> partitions(Random random, boolean sharedGroups) {
        List<List<Event>> partitions = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<Event> events = new ArrayList<>();
            long clock = Instant.parse("1996-07-04T00:00:00Z").toEpochMilli() * 1_000;
            for (int offset = 0; offset < EVENTS; offset++) {
                clock += random.nextInt(10) == 0 ? random.nextInt(200_000_000) : random.nextInt(8_000_000);
                long back = random.nextInt(4) == 0 ? random.nextInt(150_000_000) : 0;
                String group = (sharedGroups ? "" : partition + "-") + random.nextInt(4);
                events.add(new Event(group, clock - back, partition, offset, random.nextInt(50)));
            }
            partitions.add(events);
        }
        return partitions;
    }

    /** One partition after the other, all at once, or at random speeds. */
    private static List<Event> read(List<List<Event>> partitions, int reading, Random random) {
        List<Event> read = new ArrayList<>();
        int[] at = new int[PARTITIONS];
        while (read.size() < PARTITIONS * EVENTS) {
            int partition =
                    switch (reading) {
                        case 0 -> read.size() / EVENTS;
                        case 1 -> read.size() % PARTITIONS;
                        default -> random.nextInt(10) < 8 ? random.nextInt(2) : 2;
                    };
            while (at[partition] == EVENTS) {
                partition = (partition + 1) % PARTITIONS;
            }
            read.add(partitions.get(partition).get(at[partition]++));
        }
        return read;
    }

    /** All windows of all events that are not late. */
    private static final class Model {
        final Map<String, String> table = new TreeMap<>();
        final List<String> late = new ArrayList<>();
        private final Map<String, Map<Long, List<Event>>> windows = new TreeMap<>();
        private final Map<Long, Long> ends = new HashMap<>();
        private final Window window;

        Model(Window window, List<List<Event>> partitions) {
            this.window = window;
            partitions.forEach(this::read);
            windows.forEach((group, starts) -> {
                if (window.shape() == Shape.SESSION) {
                    sessions(
                            group,
                            starts.values().stream().flatMap(List::stream).toList());
                } else {
                    starts.forEach((start, events) -> row(group, start, ends.get(start), events));
                }
            });
        }

        private void read(List<Event> partition) {
            Map<String, Long> newest = new HashMap<>();
            for (Event event : partition) {
                long mark = newest.getOrDefault(event.group(), Long.MIN_VALUE);
                for (long[] span : spans(event.time())) {
                    ends.put(span[0], span[1]);
                    long closes = span[1]
                            + micros(window.grace())
                            + (window.shape() == Shape.SESSION ? micros(window.size()) : 0);
                    if (closes <= mark) {
                        late.add(event.origin() + " " + Instant.EPOCH.plus(span[0], ChronoUnit.MICROS));
                    } else {
                        windows.computeIfAbsent(event.group(), name -> new TreeMap<>())
                                .computeIfAbsent(span[0], start -> new ArrayList<>())
                                .add(event);
                    }
                }
                newest.merge(event.group(), event.time(), Math::max);
            }
        }

        private List<long[]> spans(long time) {
            if (window.shape() == Shape.SESSION) {
                return List.of(new long[] {time, time});
            }
            List<long[]> spans = new ArrayList<>();
            long every = micros(window.every());
            long first = (time - micros(window.size())) / every * every - every;
            for (long start = first; start <= time; start += every) {
                if (time < start + micros(window.size())) {
                    spans.add(new long[] {start, start + micros(window.size())});
                }
            }
            return spans;
        }

        private void sessions(String group, List<Event> events) {
            List<Event> session = new ArrayList<>();
            for (Event event :
                    events.stream().sorted(Comparator.comparing(Event::time)).toList()) {
                if (!session.isEmpty()
                        && event.time() - session.get(session.size() - 1).time() > micros(window.size())) {
                    row(
                            group,
                            session.get(0).time(),
                            session.get(session.size() - 1).time(),
                            session);
                    session.clear();
                }
                session.add(event);
            }
            row(group, session.get(0).time(), session.get(session.size() - 1).time(), session);
        }

        private void row(String group, long start, long end, List<Event> events) {
            Gathering gathering = new Gathering(WindowBench.FUNCTIONS);
            Totals totals = null;
            for (Event event : events) {
                totals = gathering.plus(totals, WindowBench.contribution(event), event.moment());
            }
            table.put(
                    "{\"g\":\"" + group + "\",\"window_start\":" + start + "}",
                    end + " " + WindowBench.describe(totals));
        }

        private static long micros(Duration duration) {
            return duration.toMillis() * 1_000;
        }
    }
}
