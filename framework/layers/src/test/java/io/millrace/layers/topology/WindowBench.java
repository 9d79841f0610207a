package io.millrace.layers.topology;

import io.millrace.api.RawStream;
import io.millrace.expression.AggregateExpression;
import io.millrace.expression.AggregateExpression.Function;
import io.millrace.expression.type.ScalarType;
import io.millrace.layers.TestExpression;
import io.millrace.layers.record.Contribution;
import io.millrace.layers.record.Moment;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.record.RowSerde;
import io.millrace.layers.record.TimedEvent;
import io.millrace.layers.record.Totals;
import io.millrace.layers.record.WindowSerdes;
import io.millrace.pipeline.model.ErrorPolicy;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.step.Aggregate;
import io.millrace.pipeline.step.Window;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.BytesDeserializer;
import org.apache.kafka.common.serialization.BytesSerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.test.TestRecord;

/** A window processor alone, given events of any partitions of a raw topic. Its functions are all that there are, over one number. */
final class WindowBench implements AutoCloseable {
    static final List<Function> FUNCTIONS = List.of(Function.values());
    private static final byte[] GROUP_ROW = {1};

    /** An event. */
    record Event(String group, long time, int partition, long offset, long value) {
        String origin() {
            return "raw-" + partition + "@" + offset;
        }

        Moment moment() {
            return Moment.of(time, origin());
        }
    }

    private final RowCodec codec = new RowCodec();
    private final TopologyTestDriver driver;
    private final TestInputTopic<Bytes, TimedEvent> input;
    final StreamCounters counters = new StreamCounters();
    /** Row key to end and totals. */
    final Map<String, String> table = new TreeMap<>();
    /** How often each row was written. */
    final Map<String, Integer> writes = new TreeMap<>();
    /** Origin and start of the missed window. */
    final List<String> late = new ArrayList<>();

    WindowBench(Window window, Path stateDir) {
        Aggregate aggregate = new Aggregate(
                "aggregate",
                List.of(),
                FUNCTIONS.stream()
                        .map(function -> new Aggregate.Aggregation(
                                function.word(),
                                new AggregateExpression(function.word(), function, Optional.empty(), ScalarType.INT64)))
                        .toList(),
                Optional.of(window),
                RawStream.Kind.EVENTS);
        Serde<TimedEvent> events = WindowSerdes.event(new RowSerde(codec));
        Topology topology = new Topology()
                .addSource("in", new BytesDeserializer(), events.deserializer(), "in")
                .addProcessor(
                        "window",
                        () -> new WindowProcessor(
                                aggregate,
                                "s.w",
                                new DeadLetters(
                                        "p", new StreamName("curated", "s"), ErrorPolicy.Then.DEAD_LETTER, counters),
                                counters,
                                Reentry.NONE),
                        "in")
                .addProcessor("out", Collector::new, "window");
        WindowStores.builders("s.w").forEach(store -> topology.addStateStore(store, "window"));
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "bench");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        driver = new TopologyTestDriver(topology, properties, Instant.parse("2026-01-31T12:00:00Z"));
        input = driver.createInputTopic("in", new BytesSerializer(), events.serializer());
    }

    private final class Collector extends ContextualProcessor<Bytes, Emission<WindowTotals>, Void, Void> {
        @Override
        public void process(Record<Bytes, Emission<WindowTotals>> written) {
            if (written.value() instanceof Emission.Late) {
                late.add(header(written, "millrace.origin") + " " + header(written, "millrace.late.window_start"));
                return;
            }
            String key = new String(written.key().get(), StandardCharsets.UTF_8);
            WindowTotals window = ((Emission.Change<WindowTotals>) written.value()).value();
            writes.merge(key, 1, Integer::sum);
            if (window == null) {
                table.remove(key);
            } else {
                table.put(key, window.end() + " " + describe(window.totals()));
            }
        }

        private String header(Record<?, ?> written, String name) {
            return new String(written.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
        }
    }

    void send(Event event) {
        Row row = Row.ofJson(codec, event.origin(), new byte[] {2});
        TimedEvent timed = new TimedEvent(contribution(event), event.time(), null, row);
        RecordHeaders headers = new RecordHeaders();
        headers.add("millrace.origin", event.origin().getBytes(StandardCharsets.UTF_8));
        input.pipeInput(new TestRecord<>(contribution(event).group(), timed, headers, 1_000L));
    }

    void pass(Duration time) {
        driver.advanceWallClockTime(time);
    }

    /** How many entries the stores have: windows, groups. */
    List<Long> stored() {
        List<Long> sizes = new ArrayList<>();
        for (String store : List.of("s.w.windows", "s.w.marks")) {
            long count = 0;
            try (var entries = driver.getKeyValueStore(store).all()) {
                while (entries.hasNext()) {
                    entries.next();
                    count++;
                }
            }
            sizes.add(count);
        }
        return sizes;
    }

    static Contribution contribution(Event event) {
        List<Contribution.Argument> arguments = new ArrayList<>();
        for (int i = 0; i < FUNCTIONS.size(); i++) {
            arguments.add(new Contribution.Argument(Contribution.Form.INTEGER, BigDecimal.valueOf(event.value())));
        }
        Bytes group = Bytes.wrap(("{\"g\":\"" + event.group() + "\"}").getBytes(StandardCharsets.UTF_8));
        return new Contribution(group, GROUP_ROW, arguments);
    }

    /** Count, sum, min, max, first, last, different values. */
    static String describe(Totals totals) {
        StringBuilder text = new StringBuilder().append(totals.rows());
        for (int i = 0; i < FUNCTIONS.size(); i++) {
            Totals.Sum sum = totals.sums().get(i);
            text.append(' ').append(FUNCTIONS.get(i).word()).append('=');
            text.append(
                    FUNCTIONS.get(i) == Function.COUNT_DISTINCT
                                    || !FUNCTIONS.get(i).keepsValues()
                            ? sum.value().toPlainString()
                            : sum.picks().get(0).value().value().toPlainString());
        }
        return text.toString();
    }

    static Window window(Window.Shape shape, long size, long every, long grace, Window.Emit emit, Duration keep) {
        return new Window(
                shape,
                Duration.ofMillis(size),
                Duration.ofMillis(every),
                TestExpression.field("at", ScalarType.TIMESTAMP),
                Duration.ofMillis(grace),
                emit,
                keep,
                Duration.ofMinutes(5));
    }

    @Override
    public void close() {
        driver.close();
    }
}
