package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.layers.topology.LayerTopology;
import io.millrace.pipeline.plan.PipelinePlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.test.TestRecord;

/** A plan's layers under Kafka Streams' test driver. */
final class RunningLayers implements AutoCloseable {
    static final Instant ARRIVAL = Instant.parse("2026-01-31T12:00:00Z");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final LayerTopology layers;
    private final TopologyTestDriver driver;
    private final Map<String, Map<String, String>> tables = new TreeMap<>();

    RunningLayers(PipelinePlan plan, Path stateDir) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "millrace." + plan.pipeline());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        properties.put(
                StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        layers = new LayerTopology(plan, smt -> {
            throw new IllegalStateException("no transforms here");
        });
        driver = new TopologyTestDriver(layers.build(properties), properties, ARRIVAL);
    }

    void send(String topic, byte[] key, byte[] value) {
        driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(new TestRecord<>(key, value, new RecordHeaders(), ARRIVAL));
    }

    /** What came on a topic since the last look. */
    List<TestRecord<byte[], byte[]>> take(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    /** {@code key=row} of what came since the last look, {@code key=null} for a delete. */
    List<String> changes(String topic) {
        List<String> changes = new ArrayList<>();
        for (TestRecord<byte[], byte[]> record : take(topic)) {
            String key = text(record.key());
            String row = payload(record.value());
            changes.add(key + "=" + row);
            Map<String, String> table = tables.computeIfAbsent(topic, name -> new TreeMap<>());
            if (row == null) {
                table.remove(key);
            } else {
                table.put(key, row);
            }
        }
        return changes;
    }

    /** The rows of all that came, without their keys, in the order of the keys. */
    List<String> rows(String topic) {
        changes(topic);
        return List.copyOf(tables.getOrDefault(topic, Map.of()).values());
    }

    Map<String, Long> dropped(String stream) {
        return layers.counters().entrySet().stream()
                .filter(entry -> entry.getKey().toString().equals(stream))
                .findFirst()
                .orElseThrow()
                .getValue()
                .dropped();
    }

    void assertEveryRecordIsAccountedFor() {
        layers.counters()
                .forEach((stream, counted) -> assertThat(counted.in().sum())
                        .as(stream.toString())
                        .isEqualTo(counted.out().sum()
                                + counted.deadLetters().sum()
                                + counted.dropped().values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum()));
    }

    static Map<String, String> headers(TestRecord<byte[], byte[]> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), text(header.value()));
        }
        return headers;
    }

    private static String payload(byte[] json) {
        if (json == null) {
            return null;
        }
        try {
            JsonNode node = JSON.readTree(json);
            assertThat(node.get("schema").isObject()).isTrue();
            return node.get("payload").toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        driver.close();
    }
}
