package io.millrace.pipeline.testcase;

import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.yaml.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One test of a pipeline.
 *
 * @param name unique in its pipeline
 * @param place where it starts
 * @param start what the clock shows at first
 * @param given what happens, in order
 * @param expected what comes of it
 */
public record TestCase(String name, Place place, Instant start, List<Event> given, Expected expected) {

    /** Where the clock stands in a test that does not say it. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** What happens in a test. */
    public sealed interface Event {
        /** A record enters at its stream's topic, at the time that the clock shows. */
        record Enter(Fixture record) implements Event {}

        /** Time passes, and with it what waits for time happens. */
        record Advance(Duration by) implements Event {}
    }

    public TestCase {
        given = List.copyOf(given);
    }

    /** The streams that records enter, in order. */
    public Set<StreamName> entered() {
        Set<StreamName> names = new LinkedHashSet<>();
        for (Event event : given) {
            if (event instanceof Event.Enter enter) {
                names.add(enter.record().stream());
            }
        }
        return names;
    }
}
