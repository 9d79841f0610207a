package io.millrace.layers.topology;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.plugin.record.DeadLetterHeaders;
import io.millrace.plugin.record.ReplayHeaders;
import io.millrace.plugin.record.ReplayRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.test.TestRecord;

/** A plan's topology under Kafka Streams' test driver. */
final class TopologyFixture implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    static final Instant ARRIVAL = Instant.parse("2026-01-31T12:00:00Z");

    private final String pipeline;
    private final TopologyTestDriver driver;
    final LayerTopology layers;
    final Topology topology;
    private final Map<String, Map<String, String>> states = new TreeMap<>();

    TopologyFixture(PipelinePlan plan, Path stateDir) {
        pipeline = plan.pipeline();
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "millrace." + plan.pipeline());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        // Faster, and the same to the driver, which knows no transactions.
        properties.put(
                StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        layers = new LayerTopology(plan, smt -> {
            throw new IllegalStateException("no transforms here");
        });
        topology = layers.build(properties);
        driver = new TopologyTestDriver(topology, properties, ARRIVAL);
    }

    void send(String topic, byte[] key, byte[] value) {
        send(topic, key, value, new RecordHeaders());
    }

    void send(String topic, byte[] key, byte[] value, Headers headers) {
        send(topic, key, value, headers, ARRIVAL);
    }

    void send(String topic, byte[] key, byte[] value, Headers headers, Instant arrival) {
        driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(new TestRecord<>(key, value, headers, arrival));
    }

    /** Lets a dead letter enter its stage again, with a value that may be another than it died with. */
    void replay(TestRecord<byte[], byte[]> letter, byte[] value) {
        ConsumerRecord<byte[], byte[]> read =
                read("deadletter." + pipeline, 0, 7, letter.timestamp(), letter.key(), value, letter.headers());
        Long attempts = ReplayHeaders.number(letter.headers(), DeadLetterHeaders.ATTEMPTS);
        ProducerRecord<byte[], byte[]> again =
                ReplayRecord.of(read, ReplayHeaders.topicOf(pipeline), 1, attempts == null ? 1 : attempts);
        send(again.topic(), again.key(), again.value(), again.headers(), Instant.ofEpochMilli(again.timestamp()));
    }

    /** Lets the record that a letter names as its stage's input enter that stage again. */
    void replayInput(TestRecord<byte[], byte[]> letter, byte[] key, byte[] value, Instant arrival) {
        ReplayRecord.Place place =
                ReplayRecord.place(header(letter, DeadLetterHeaders.INPUT)).orElseThrow();
        Long attempts = ReplayHeaders.number(letter.headers(), DeadLetterHeaders.ATTEMPTS);
        ProducerRecord<byte[], byte[]> again = ReplayRecord.ofInput(
                read(
                        "deadletter." + pipeline,
                        0,
                        7,
                        arrival.toEpochMilli(),
                        letter.key(),
                        letter.value(),
                        letter.headers()),
                read(
                        place.topicPartition().topic(),
                        place.topicPartition().partition(),
                        place.offset(),
                        arrival.toEpochMilli(),
                        key,
                        value,
                        new RecordHeaders()),
                ReplayHeaders.topicOf(pipeline),
                1,
                attempts == null ? 1 : attempts);
        send(again.topic(), again.key(), again.value(), again.headers(), Instant.ofEpochMilli(again.timestamp()));
    }

    private static ConsumerRecord<byte[], byte[]> read(
            String topic, int partition, long offset, long timestamp, byte[] key, byte[] value, Headers headers) {
        return new ConsumerRecord<>(
                topic,
                partition,
                offset,
                timestamp,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                key,
                value,
                headers,
                Optional.empty());
    }

    /** Lets the worker's clock go on. */
    void pass(Duration time) {
        driver.advanceWallClockTime(time);
    }

    /** What came on a topic since the last look. */
    List<TestRecord<byte[], byte[]>> take(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    /** {@code key=payload} of what came since the last look. */
    List<String> changes(String topic) {
        List<String> changes = new ArrayList<>();
        for (TestRecord<byte[], byte[]> record : take(topic)) {
            String key = text(record.key());
            String value = payload(record.value());
            changes.add(key + "=" + value);
            Map<String, String> state = states.computeIfAbsent(topic, name -> new TreeMap<>());
            if (value == null) {
                state.remove(key);
            } else {
                state.put(key, value);
            }
        }
        return changes;
    }

    /** The latest row per key of all that came. */
    Map<String, String> state(String topic) {
        changes(topic);
        return states.getOrDefault(topic, Map.of());
    }

    StreamCounters counters(StreamName stream) {
        return layers.counters().get(stream);
    }

    static String header(TestRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : text(header.value());
    }

    static String payload(byte[] json) {
        if (json == null) {
            return null;
        }
        // Text between the schema and the last brace: a tree would lose the zeros at the end of a decimal.
        String text = text(json);
        try {
            int end = JSON.readTree(text).get("schema").toString().length();
            return text.substring("{\"schema\":".length() + end + ",\"payload\":".length(), text.length() - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        driver.close();
    }
}
