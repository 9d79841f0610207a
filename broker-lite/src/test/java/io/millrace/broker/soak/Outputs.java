package io.millrace.broker.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What one application put out, compared record by record with what its input makes of it: each event once in each output, in the order of its
 * partition where the topology keeps one. The reader's thread owns it; counts may be read by others.
 */
final class Outputs {
    private final String application;
    private final Events events;
    private final Seen passed;
    private final Seen joined;
    private final Sums sums;
    private final Sums windows;
    private final Map<String, Long> lastInOrder = new HashMap<>();

    Outputs(String application, Events events) {
        this.application = application;
        this.events = events;
        this.passed = new Seen(SoakTopology.passed(application));
        this.joined = new Seen(SoakTopology.joined(application));
        this.sums = new Sums(SoakTopology.sums(application), Events::group);
        this.windows = new Sums(SoakTopology.windows(application), events::window);
    }

    boolean accept(ConsumerRecord<String, Long> record) {
        if (record.topic().equals(passed.toString())) {
            inOrder(record, record.value());
            require(Events.passes(record.value()), record);
            passed.add(record.value());
        } else if (record.topic().equals(joined.toString())) {
            long number = record.value() / Events.RATE_LIMIT;
            inOrder(record, number);
            require(record.value() == Events.joined(number, Events.rate(record.key())), record);
            joined.add(number);
        } else if (record.topic().equals(sums.seen().toString())) {
            sums.accept(record.key(), record.value());
        } else if (record.topic().equals(windows.seen().toString())) {
            windows.accept(record.key(), record.value());
        } else {
            return false;
        }
        return true;
    }

    private void inOrder(ConsumerRecord<String, Long> record, long number) {
        require(events.key(number).equals(record.key()) && events.timestamp(number) == record.timestamp(), record);
        Long before = lastInOrder.put(record.topic() + "-" + record.partition(), number);
        require(before == null || before < number, record);
    }

    private static void require(boolean holds, ConsumerRecord<String, Long> record) {
        if (!holds) {
            throw new AssertionError("not what the input makes, or not in its order: " + record);
        }
    }

    /** How many events are processed: each is joined. */
    int processed() {
        return joined.count();
    }

    boolean complete(long sent) {
        long passing = sent - sent / 3;
        return joined.count() >= sent
                && sums.seen().count() >= sent
                && windows.seen().count() >= sent
                && passed.count() >= passing;
    }

    String counts() {
        return application + " passed " + passed.count() + ", joined " + joined.count() + ", sums "
                + sums.seen().count() + ", windows " + windows.seen().count();
    }

    /** Once nothing comes any more: all of it is there, and the sums are those of a loop over the input. */
    void compare(long sent) {
        Map<String, Long> byGroup = new HashMap<>();
        Map<String, Long> byWindow = new HashMap<>();
        for (long number = 1; number <= sent; number++) {
            byGroup.merge(Events.group(number), number, Long::sum);
            byWindow.merge(events.window(number), number, Long::sum);
        }
        assertThat(passed.missing(sent, Events::passes))
                .as("missing in %s", passed)
                .isZero();
        assertThat(joined.missing(sent, number -> true))
                .as("missing in %s", joined)
                .isZero();
        assertThat(joined.count()).as("%s", joined).isEqualTo((int) sent);
        assertThat(passed.count()).as("%s", passed).isEqualTo((int) (sent - sent / 3));
        assertThat(sums.last()).as("%s", sums.seen()).isEqualTo(byGroup);
        assertThat(windows.last()).as("%s", windows.seen()).isEqualTo(byWindow);
        assertThat(sums.seen().count()).as("%s", sums.seen()).isEqualTo((int) sent);
        assertThat(windows.seen().count()).as("%s", windows.seen()).isEqualTo((int) sent);
    }
}
