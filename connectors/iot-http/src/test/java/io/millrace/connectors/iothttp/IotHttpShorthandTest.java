package io.millrace.connectors.iothttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IotHttpShorthandTest {
    private final IotHttpShorthand shorthand = new IotHttpShorthand();

    private static Section section(Map<String, String> fields) {
        return new Section("shop", "readings", "shop.readings", fields, List.of());
    }

    @Test
    void makesOneStreamOfBytes() {
        assertThat(shorthand.streams(section(Map.of())))
                .containsExactly(new RawStream("readings", RawStream.Kind.EVENTS, RawStream.Format.BYTES));
    }

    @Test
    void becomesAConnectorsConfiguration() {
        Map<String, String> config = shorthand.connectorConfig(section(
                Map.of("port", "8088", "auth.bearer", "secret", "auth.bearer_file", "/run/t", "max_body", "2MB")));

        assertThat(config)
                .isEqualTo(Map.of(
                        "connector.class", "io.millrace.connectors.iothttp.IotHttpSourceConnector",
                        "tasks.max", "1",
                        "topic", "raw.shop.readings",
                        "key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter",
                        "value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter",
                        "http.port", "8088",
                        "http.auth.bearer", "secret",
                        "http.auth.bearer.file", "/run/t",
                        "http.max.body", "2MB"));
        assertThat(shorthand.check(section(Map.of("port", "8088", "auth.bearer", "secret"))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "port|70000|'70000' is out of range.|Write a whole number from 0 to 65535.",
                "path|readings|'readings' is not a path.|Write for example '/readings', or '/readings/*' for all below it; letters, digits, '.', '_', '~', '-' between the slashes.",
                "path|/health|'/health' is where the source tells its health.|Choose another path.",
                "key|device_id|'device_id' is not a JSON pointer to a field.|Write for example '/device_id' or '/meta/id'.",
                "malformed|drop|'drop' is not known.|Write one of [take, refuse].",
                "auth.bearer|,|There is no token.|Write at least one.",
                "auth.bearer|a,ö|Token 2 of 2 is not one that a client can send.|A token is letters, digits and any of '-._~+/', then any '='; several are separated by commas.",
                "max_body|2GB|'2GB' is too much.|Write at most '1GB'.",
                "max_body|big|'big' is not a size.|Write a whole number above zero and a unit, for example '128MB'; units: [B, KB, MB, GB].",
                "max_records|0|'0' is out of range.|Write a whole number from 1 to 1000000000.",
                "commit_timeout|30|'30' is not a duration.|Write a whole number above zero and a unit, for example '10m'; units: [ms, s, m, h, d].",
            })
    void saysWhatIsWrongWithAField(String field, String text, String message, String remedy) {
        String code = "iot-http." + field.replaceAll("[._]", "-");

        assertThat(shorthand.check(section(Map.of(field, text))))
                .containsExactly(new Finding(Finding.Fault.YOURS, code, field, message, remedy));
    }

    @Test
    void allThatIsWrongBeforeTheStartIsToldAtOnce() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            String port = Integer.toString(other.getLocalPort());

            assertThat(shorthand.preflight(section(Map.of(
                            "port", port, "host", "0.0.0.0", "tls.key", "/no/key", "auth.bearer_file", "/no/tokens"))))
                    .containsExactly(
                            new Finding(
                                    Finding.Fault.YOURS,
                                    "iot-http.tls",
                                    "tls.certificate",
                                    "Only one of 'tls.certificate' and 'tls.key' is set.",
                                    "Set 'tls.certificate' too, or neither to go without TLS."),
                            new Finding(
                                    Finding.Fault.YOURS,
                                    "iot-http.auth-bearer-file",
                                    "auth.bearer_file",
                                    "'/no/tokens' cannot be read (NoSuchFileException).",
                                    "Is it there, and UTF-8?"),
                            new Finding(
                                    Finding.Fault.YOURS,
                                    "iot-http.exposed",
                                    "host",
                                    "'0.0.0.0' can be reached by others, and there is no TLS.",
                                    "Set 'tls.certificate' and 'tls.key', or 'insecure: true' where something in front protects it,"
                                            + " or listen on '127.0.0.1'."),
                            new Finding(
                                    Finding.Fault.ENVIRONMENT,
                                    "iot-http.port",
                                    "port",
                                    "Port " + port + " of '0.0.0.0' cannot be listened on: Address already in use.",
                                    "Stop what listens there, or choose another 'port'."));
        }
    }

    @Test
    void aRequestThatNeverFitsIsNoMatterOfTryingAgain() {
        String message =
                "'max_in_flight' of 1048576 bytes has no room for one request of 'max_body' and 'max_inflated', 9437184 bytes"
                        + " together.";
        String remedy = "Raise it, or lower the other two.";

        assertThat(shorthand.preflight(section(Map.of("port", "0", "max_in_flight", "1MB"))))
                .containsExactly(
                        new Finding(Finding.Fault.YOURS, "iot-http.max-in-flight", "max_in_flight", message, remedy));
        assertThatThrownBy(() -> IotHttpSourceConfig.of(FakeSourceWorker.config("http.max.in.flight", "1MB")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("http.max.in.flight: " + message + " " + remedy);
    }

    @Test
    void aSourceOnLoopbackNeedsNothingMore() {
        assertThat(shorthand.preflight(section(Map.of("port", "0")))).isEmpty();
        assertThat(shorthand.preflight(section(Map.of("port", "0", "host", "0.0.0.0", "insecure", "true"))))
                .isEmpty();
    }

    @Test
    void theConnectorRefusesToBeReachedByOthersUnprotected() {
        assertThatThrownBy(() -> new IotHttpSourceConnector().start(FakeSourceWorker.config("http.host", "0.0.0.0")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "http.host: '0.0.0.0' can be reached by others, and there is no TLS and no authentication. Set"
                                + " 'tls.certificate' and 'tls.key' and 'auth.bearer', or 'insecure: true' where something in front protects"
                                + " it, or listen on '127.0.0.1'.");
    }

    @Test
    void aPortIsOneTaskWhateverIsAskedFor() {
        IotHttpSourceConnector connector = new IotHttpSourceConnector();
        connector.start(FakeSourceWorker.config());

        assertThat(connector.taskConfigs(4)).containsExactly(FakeSourceWorker.config());
        assertThat(connector.exactlyOnceSupport(FakeSourceWorker.config())).isEqualTo(ExactlyOnceSupport.SUPPORTED);
    }
}
