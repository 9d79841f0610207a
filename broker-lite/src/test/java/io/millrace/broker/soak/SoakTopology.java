package io.millrace.broker.soak;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;

/** One of each kind: stateless, aggregated behind a repartition, windowed, joined with a table. */
final class SoakTopology {
    static final String EVENTS = "events";
    static final String RATES = "rates";

    private static final Serde<String> STRING = Serdes.String();
    private static final Serde<Long> LONG = Serdes.Long();
    private static final Duration GRACE = Duration.ofHours(1);

    private SoakTopology() {}

    static String passed(String application) {
        return application + ".passed";
    }

    static String sums(String application) {
        return application + ".sums";
    }

    static String windows(String application) {
        return application + ".windows";
    }

    static String joined(String application) {
        return application + ".joined";
    }

    static List<String> outputs(String application) {
        return Stream.of(passed(application), sums(application), windows(application), joined(application))
                .toList();
    }

    static Topology of(String application) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, Long> events = builder.stream(EVENTS, Consumed.with(STRING, LONG));
        KTable<String, Long> rates = builder.table(RATES, Consumed.with(STRING, LONG));
        Produced<String, Long> longs = Produced.with(STRING, LONG);
        events.filter((key, number) -> Events.passes(number)).to(passed(application), longs);
        events.groupBy((key, number) -> Events.group(number), Grouped.with(STRING, LONG))
                .reduce(Long::sum)
                .toStream()
                .to(sums(application), longs);
        events.groupByKey(Grouped.with(STRING, LONG))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMillis(Events.WINDOW_MILLIS), GRACE))
                .reduce(Long::sum)
                .toStream()
                .map((window, sum) -> KeyValue.pair(
                        Events.windowName(window.key(), window.window().start()), sum))
                .to(windows(application), longs);
        events.join(rates, Events::joined, Joined.with(STRING, LONG, LONG)).to(joined(application), longs);
        return builder.build();
    }
}
