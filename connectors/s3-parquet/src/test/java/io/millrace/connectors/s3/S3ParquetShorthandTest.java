package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.Section;
import io.millrace.connectors.common.StreamRef;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.junit.jupiter.api.Test;

class S3ParquetShorthandTest {
    private final S3ParquetShorthand shorthand = new S3ParquetShorthand();

    @Test
    void bothServicesAreFound() {
        assertThat(ServiceLoader.load(ConnectorShorthand.class)).hasExactlyElementsOfTypes(S3ParquetShorthand.class);
        assertThat(ServiceLoader.load(SinkConnector.class)).hasExactlyElementsOfTypes(S3ParquetSinkConnector.class);
        assertThat(shorthand.type()).isEqualTo("s3-parquet");
        assertThat(shorthand.role()).isEqualTo(ConnectorShorthand.Role.SINK);
        assertThat(shorthand.streams(section(Map.of()))).isEmpty();
    }

    @Test
    void aSectionBecomesAConnectorConfigurationThatIsComplete() {
        Section section = new Section(
                "shop",
                "lake",
                "shop.lake",
                Map.of(
                        "bucket",
                        "s3://lake",
                        "roll.size",
                        "64MB",
                        "event_time",
                        "day",
                        "secret_access_key",
                        "s",
                        "access_key_id",
                        "i"),
                List.of(
                        new Section.InputStream("cleaned", "orders", "cleaned.shop.orders", true),
                        new Section.InputStream("raw", "weblog", "raw.shop.weblog", false)));

        Map<String, String> config = shorthand.connectorConfig(section);

        assertThat(new TreeMap<>(config))
                .isEqualTo(new TreeMap<>(Map.of(
                        "connector.class", "io.millrace.connectors.s3.S3ParquetSinkConnector",
                        "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                        "s3.pipeline", "shop",
                        "s3.streams", "cleaned.shop.orders=cleaned/orders/table,raw.shop.weblog=raw/weblog/events",
                        "s3.bucket", "s3://lake",
                        "s3.roll.size", "64MB",
                        "s3.event.time", "day",
                        "s3.access.key.id", "i",
                        "s3.secret.access.key", "s")));
        S3ParquetSinkConfig read = S3ParquetSinkConfig.of(config);
        assertThat(read.location().bucket()).isEqualTo("lake");
        assertThat(read.rollBytes()).isEqualTo(64L << 20);
        assertThat(read.stream("cleaned.shop.orders")).isEqualTo(new StreamRef("cleaned", "orders", true));
        assertThat(read.toString()).contains("secretAccessKey=Optional[[hidden]]");
    }

    @Test
    void allThatIsWrongIsFoundAtOnce() {
        Map<String, String> fields = Map.of(
                "bucket", "s3://lake/folder",
                "path", "{strem}",
                "roll.size", "128",
                "roll.every", "10",
                "roll.records", "0",
                "compression", "brotli",
                "endpoint", "localhost:9000",
                "max_memory", "lots");

        assertThat(shorthand.check(section(fields)))
                .containsExactly(
                        yours(
                                "bucket",
                                "'s3://lake/folder' is not only a bucket.",
                                "Write 's3://<bucket>' and put the folders into 'path'."),
                        yours(
                                "path",
                                "'{strem}' has the placeholder '{strem}', which is not known.",
                                "Write one of [{layer}, {stream}, {pipeline}, {topic}] or a date pattern such as {yyyy-MM-dd},"
                                        + " with letters of [y, u, M, d, D, H, m]."),
                        yours(
                                "roll.every",
                                "'10' is not a duration.",
                                "Write a whole number above zero and a unit, for example '10m'; units: [ms, s, m, h, d]."),
                        yours("roll.records", "'0' is not a count.", "Write a whole number above zero."),
                        yours(
                                "compression",
                                "'brotli' is not a compression.",
                                "Write one of [zstd, snappy, gzip, none]."),
                        yours(
                                "endpoint",
                                "'localhost:9000' is not the URL of a server.",
                                "Write for example 'http://127.0.0.1:9000'."),
                        yours(
                                "max_memory",
                                "'lots' is not a size.",
                                "Write a whole number above zero and a unit, for example '128MB'; units: [B, KB, MB, GB]."));
    }

    @Test
    void defaultsAndUnresolvedReferencesAreNoFindings() {
        assertThat(shorthand.check(section(Map.of()))).isEmpty();
        assertThat(shorthand.check(section(Map.of("bucket", "my-lake", "access_key_id", "id"))))
                .isEmpty();
    }

    @Test
    void halfOfTheCredentialsIsFoundBeforeAnythingIsAsked() {
        assertThat(shorthand.preflight(section(Map.of("bucket", "my-lake", "access_key_id", "id"))))
                .containsExactly(new Finding(
                        Finding.Fault.YOURS,
                        "s3-parquet.credentials",
                        "secret_access_key",
                        "Only one of 'access_key_id' and 'secret_access_key' is set.",
                        "Set 'secret_access_key' too, or neither to use the AWS SDK's own chain."));
        assertThatThrownBy(() -> S3ParquetSinkConfig.of(Orders.config("s3.access.key.id", "id")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Only one of 's3.access.key.id' and 's3.secret.access.key' is set. Set both, or none to use the AWS"
                                + " SDK's own chain.");
    }

    @Test
    void aConnectConfigurationIsCheckedAlike() {
        assertThatThrownBy(() -> S3ParquetSinkConfig.of(Orders.config("s3.roll.size", "big")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "s3.roll.size: 'big' is not a size. Write a whole number above zero and a unit, for example '128MB';"
                                + " units: [B, KB, MB, GB].");
        assertThatThrownBy(() -> S3ParquetSinkConfig.of(Orders.config("s3.streams", "a=b/c/table,d=e/f/rows")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "s3.streams: 'd=e/f/rows' does not describe a topic. Write '<topic>=<layer>/<stream>/table' or"
                                + " '<topic>=<layer>/<stream>/events'.");
        assertThatThrownBy(() -> S3ParquetSinkConfig.of(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("Missing required configuration \"s3.bucket\" which has no default value.");
    }

    private static Finding yours(String field, String message, String remedy) {
        return new Finding(Finding.Fault.YOURS, "s3-parquet." + field.replaceAll("[._]", "-"), field, message, remedy);
    }

    private static Section section(Map<String, String> fields) {
        return new Section("shop", "lake", "shop.lake", fields, List.of());
    }
}
