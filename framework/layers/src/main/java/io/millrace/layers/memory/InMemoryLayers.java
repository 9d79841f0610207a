package io.millrace.layers.memory;

import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.EvaluationException;
import io.millrace.layers.record.Keys;
import io.millrace.layers.record.RowCodec;
import io.millrace.layers.step.RecordSteps;
import io.millrace.layers.topology.LayerTopology;
import io.millrace.layers.topology.StreamCounters;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.testcase.Fixture;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.plugin.record.TransformChain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/**
 * The layers of one pipeline, run record by record: {@link #enter} returns when all that the record causes has happened. Owned by one thread;
 * has a folder of its own while it is open.
 */
public final class InMemoryLayers implements AutoCloseable {
    /** Time passes in so many steps at most, none shorter than a second, so that what repeats happens again and again. */
    private static final long STEPS = 1_000;

    private final PipelinePlan plan;
    private final LayerTopology layers;
    private final TopologyTestDriver driver;
    private final Path folder;
    private final RowCodec codec = new RowCodec();
    private final Map<String, TestInputTopic<byte[], byte[]>> inputs = new HashMap<>();
    private final Map<String, List<Emitted>> outputs = new HashMap<>();
    private Instant clock;

    /**
     * A record that was written.
     *
     * @param key as bytes; null where it has none
     * @param value as bytes; null deletes
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Emitted(byte @Nullable [] key, byte @Nullable [] value, Headers headers, Instant at) {}

    private InMemoryLayers(
            PipelinePlan plan, LayerTopology layers, TopologyTestDriver driver, Path folder, Instant now) {
        this.plan = plan;
        this.layers = layers;
        this.driver = driver;
        this.folder = folder;
        this.clock = now;
    }

    /**
     * Starts.
     *
     * @param given the streams that records will enter; one of the layers is not made from its input then
     * @param plugins where {@code smt} steps find their transforms; not closed here
     * @param now what the clock shows
     */
    public static InMemoryLayers start(PipelinePlan plan, Set<StreamName> given, Plugins plugins, Instant now) {
        RecordSteps.Transforms transforms = smt -> TransformChain.of(plugins, smt.transformClass(), smt.config());
        PipelinePlan entered = EnteredPlan.of(plan, given);
        Path folder;
        try {
            folder = Files.createTempDirectory("millrace-layers");
        } catch (IOException e) {
            throw new UncheckedIOException("no folder can be made for the state", e);
        }
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "millrace." + plan.pipeline());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "in-memory:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        settings.put(
                StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        try {
            LayerTopology layers = new LayerTopology(entered, transforms);
            TopologyTestDriver driver = new TopologyTestDriver(layers.build(settings), settings, now);
            return new InMemoryLayers(plan, layers, driver, folder, now);
        } catch (RuntimeException e) {
            delete(folder);
            throw e;
        }
    }

    /**
     * Lets a record enter now, and everything happen that it causes.
     *
     * @throws EvaluationException when the record has a value that its stream cannot carry
     */
    public void enter(Fixture record) {
        inputs.computeIfAbsent(
                        topic(record.stream()),
                        topic -> driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer()))
                .pipeInput(new TestRecord<>(key(record.key()), value(record.value()), headers(record), clock));
    }

    /** Lets time pass, and what waits for time happen. */
    public void advance(Duration by) {
        Duration step = by.dividedBy(STEPS);
        step = step.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : step;
        Duration left = by;
        while (!left.isZero()) {
            Duration next = left.compareTo(step) < 0 ? left : step;
            driver.advanceWallClockTime(next);
            left = left.minus(next);
        }
        clock = clock.plus(by);
    }

    /** Everything that was written to a topic, in order. */
    public List<Emitted> written(String topic) {
        List<Emitted> all = outputs.computeIfAbsent(topic, name -> new ArrayList<>());
        driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList()
                .forEach(record ->
                        all.add(new Emitted(record.key(), record.value(), record.headers(), record.getRecordTime())));
        return List.copyOf(all);
    }

    /** How a stream counts; empty for one that nothing of what was given reaches. */
    public Optional<StreamCounters> counters(StreamName stream) {
        return Optional.ofNullable(layers.counters().get(stream));
    }

    private String topic(StreamName stream) {
        if (stream.isRaw()) {
            return plan.raw().stream()
                    .filter(raw -> raw.name().equals(stream))
                    .map(RawStreamPlan::topic)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no stream '" + stream + "'"));
        }
        StreamPlan entered = plan.streams().stream()
                .filter(one -> one.name().equals(stream))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no stream '" + stream + "'"));
        return EnteredPlan.topic(entered);
    }

    private static byte @Nullable [] key(Fixture.Key key) {
        if (key instanceof Fixture.Key.Fields fields) {
            return Keys.of(List.copyOf(fields.values().keySet()), fields.type())
                    .write(new ArrayList<>(fields.values().values()))
                    .get();
        }
        return key instanceof Fixture.Key.Text text ? utf8(text.text()) : null;
    }

    private byte @Nullable [] value(Fixture.Value value) {
        if (value instanceof Fixture.Value.Row row) {
            Schema schema = ConnectTypes.schema(row.type(), true);
            return codec.write(schema, Objects.requireNonNull(ConnectTypes.write(row.values(), schema)));
        }
        return value instanceof Fixture.Value.Text text ? utf8(text.text()) : null;
    }

    private static Headers headers(Fixture record) {
        RecordHeaders headers = new RecordHeaders();
        record.headers().forEach((name, text) -> headers.add(name, utf8(text)));
        return headers;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            driver.close();
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder '" + folder + "' cannot be deleted", e);
        }
    }
}
