package io.millrace.layers.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.pipeline.model.StreamName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines over events from the YAML to the topics, expressions included. */
class EventPipelineTest {
    private static final String READINGS = """
            pipeline: iot
            sources: {readings: {type: events}}
            contracts:
              Reading: {fields: {device_id: string!, device: string!, at: timestamp!, celsius: double!, humidity: double!, smoke: double, light: boolean, motion: boolean}}
            streams:
              cleaned.readings:
                from: raw.readings
                contract: Reading
                steps:
                  - parse: json
                  - set: {at: timestamp(value.ts), celsius: value.data.temp, humidity: value.data.humidity, smoke: value.data.smoke, light: value.data.light, motion: value.data.motion}
                  - keep: [device_id, device, at, celsius, humidity, smoke, light, motion]
                  - validate: {plausible: value.celsius > -60.0 && value.celsius < 80.0}
            sinks: {}
            """;

    @TempDir
    private Path stateDir;

    private TopologyFixture layers;

    @AfterEach
    void close() {
        layers.close();
    }

    @Test
    void aReadingOfJsonSatisfiesItsContract() {
        start(READINGS);

        send(
                "raw.iot.readings",
                "{\"data\":{\"humidity\":51,\"light\":true,\"motion\":false,\"smoke\":null,\"temp\":18.899999618530273},\"device_id\":\"a\",\"ts\":1594598735.7727768,\"device\":\"d\"}");

        assertThat(payloads("cleaned.iot.readings"))
                .containsExactly(
                        "{\"device_id\":\"a\",\"device\":\"d\",\"at\":1594598735772777,\"celsius\":18.899999618530273,\"humidity\":51.0,\"smoke\":null,\"light\":true,\"motion\":false}");
    }

    /** The published readings, where they lie beside the project. */
    @Test
    void everyRealReadingPasses() throws IOException {
        Path file = Path.of(System.getProperty("millrace.data", "../../../shared/data"))
                .resolve("iot-telemetry.ndjson");
        start(READINGS);
        assumeTrue(Files.exists(file), "iot-telemetry.ndjson is not beside the project");
        List<String> lines = Files.readAllLines(file);

        lines.forEach(line -> send("raw.iot.readings", line));

        StreamCounters counters = layers.counters(new StreamName("cleaned", "readings"));
        assertThat(lines).hasSize(9_995);
        assertThat(counters.in().sum()).isEqualTo(9_995);
        assertThat(counters.out().sum()).isEqualTo(9_995);
    }

    @Test
    void amountsOfJsonAreExact() {
        start("""
                pipeline: shop
                sources: {sales: {type: events}}
                contracts:
                  Line: {fields: {sku: string!, price: "decimal(20,6)!", total: "decimal(38,7)!", n: int32!}}
                streams:
                  cleaned.sales:
                    from: raw.sales
                    steps:
                      - parse: json
                      - explode: {lines: line}
                      - flatten: {fields: [line], delimiter: "_"}
                      - rename: {line_price: price, line_n: n, line_sku: sku}
                      - cast: {price: "decimal(20,6)"}
                      - set: {total: value.price * 1.5}
                    contract: Line
                sinks: {}
                """);

        send(
                "raw.shop.sales",
                "{\"lines\":[{\"sku\":\"a\",\"price\":10.1,\"n\":2},{\"sku\":\"b\",\"price\":0.000001,\"n\":1}]}");
        send("raw.shop.sales", "{\"lines\":[{\"sku\":\"a\",\"price\":1,\"n\":3000000000}]}");

        assertThat(payloads("cleaned.shop.sales"))
                .containsExactly(
                        "{\"sku\":\"a\",\"price\":10.100000,\"total\":15.1500000,\"n\":2}",
                        "{\"sku\":\"b\",\"price\":0.000001,\"total\":0.0000015,\"n\":1}");
        assertThat(TopologyFixture.header(layers.take("deadletter.shop").get(0), "millrace.error.message"))
                .isEqualTo("element 1 of 1: field 'n': an int is out of the range of int32.");
    }

    @Test
    void aContractTakesFractionsAsTheyWereWritten() {
        start("""
                pipeline: shop
                sources: {sales: {type: events}}
                contracts:
                  Sale: {fields: {price: "decimal(30,19)!", other: double}}
                streams:
                  cleaned.sales: {from: raw.sales, contract: Sale, steps: [{parse: json}]}
                sinks: {}
                """);

        send("raw.shop.sales", "{\"price\":0.1234567890123456789,\"other\":0.1}");
        send("raw.shop.sales", "{\"price\":0.12345678901234567891}");

        assertThat(payloads("cleaned.shop.sales")).containsExactly("{\"price\":0.1234567890123456789,\"other\":0.1}");
        assertThat(TopologyFixture.header(layers.take("deadletter.shop").get(0), "millrace.error.message"))
                .isEqualTo(
                        "field 'price': a decimal of scale 20 has no exact value as decimal(30,19): round it first.");
    }

    @Test
    void aLogIsParsedMaskedAndRouted() {
        start("""
                pipeline: web
                sources: {clicks: {type: events}}
                streams:
                  cleaned.clicks:
                    from: raw.clicks
                    steps:
                      - parse: combined
                      - filter: {not_health: "!value.path.startsWith('/health')"}
                      - set: {file: "headers['log.file.path']"}
                      - mask: {ip: {hmac: "${env:KEY}"}, user: redact}
                      - keep: [ip, user, path, status, file]
                      - route: {server_errors: value.status >= 500, client_errors: value.status >= 400}
                  enriched.server_errors: {from: cleaned.clicks.server_errors, steps: [{drop: [user]}]}
                sinks: {}
                """);

        for (String rest : List.of("/a HTTP/1.1\" 200", "/health HTTP/1.1\" 200", "/b HTTP/1.1\" 503")) {
            send("raw.web.clicks", "1.2.3.4 - me [17/May/2015:10:05:03 +0000] \"GET " + rest + " 1 \"-\" \"-\"");
        }

        String ip = "bd629eca119cdaafaa7a98fbfe624b034689976ce1e073e1d88ce735f13e9e08";
        assertThat(payloads("cleaned.web.clicks"))
                .extracting(row -> row.replace(ip, "#"))
                .containsExactly(
                        "{\"ip\":\"#\",\"user\":\"***\",\"path\":\"/a\",\"status\":200,\"file\":\"/var/log/a.log\"}",
                        "{\"ip\":\"#\",\"user\":\"***\",\"path\":\"/b\",\"status\":503,\"file\":\"/var/log/a.log\"}");
        assertThat(payloads("enriched.web.server_errors"))
                .extracting(row -> row.replace(ip, "#"))
                .containsExactly("{\"ip\":\"#\",\"path\":\"/b\",\"status\":503,\"file\":\"/var/log/a.log\"}");
    }

    private void start(String yaml) {
        layers = new TopologyFixture(EventSources.plan(yaml, Map.of("KEY", "0123456789abcdef")), stateDir);
    }

    private void send(String topic, String text) {
        layers.send(
                topic,
                null,
                text.getBytes(StandardCharsets.UTF_8),
                new RecordHeaders().add("log.file.path", "/var/log/a.log".getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> payloads(String topic) {
        return layers.take(topic).stream()
                .map(record -> TopologyFixture.payload(record.value()))
                .toList();
    }
}
