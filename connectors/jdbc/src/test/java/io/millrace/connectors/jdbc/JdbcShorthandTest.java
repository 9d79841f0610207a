package io.millrace.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.Section;
import io.millrace.connectors.jdbc.dialect.Address;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.junit.jupiter.api.Test;

class JdbcShorthandTest {
    private static final Section.InputStream LINES =
            new Section.InputStream("enriched", "lines", "enriched.shop.lines", true);
    private static final Section.InputStream RAW_LINES =
            new Section.InputStream("raw", "lines", "raw.shop.lines", false);

    private final JdbcShorthand shorthand = new JdbcShorthand();

    @Test
    void bothServicesAreFound() {
        assertThat(ServiceLoader.load(ConnectorShorthand.class)).hasExactlyElementsOfTypes(JdbcShorthand.class);
        assertThat(ServiceLoader.load(SinkConnector.class)).hasExactlyElementsOfTypes(JdbcSinkConnector.class);
        assertThat(shorthand.type()).isEqualTo("jdbc");
        assertThat(shorthand.role()).isEqualTo(ConnectorShorthand.Role.SINK);
    }

    @Test
    void aSectionBecomesAConnectorConfigurationThatIsComplete() {
        Map<String, String> config = shorthand.connectorConfig(
                section(Map.of("url", "postgres://wh:geheim@db/warehouse?sslmode=require", "mode", "upsert"), LINES));

        assertThat(new TreeMap<>(config))
                .isEqualTo(new TreeMap<>(Map.of(
                        "connector.class", "io.millrace.connectors.jdbc.JdbcSinkConnector",
                        "consumer.override.max.poll.records", "5000",
                        "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                        "jdbc.json.keys", "true",
                        "jdbc.pipeline", "shop",
                        "jdbc.streams", "enriched.shop.lines=enriched/lines/table",
                        "jdbc.url", "postgres://wh:geheim@db/warehouse?sslmode=require",
                        "jdbc.mode", "upsert")));
        JdbcSinkConfig read = JdbcSinkConfig.of(config);
        assertThat(read.login().address().url()).isEqualTo("jdbc:postgresql://db/warehouse?sslmode=require");
        assertThat(read.login().user()).contains("wh");
        assertThat(read.login().password().orElseThrow().value()).isEqualTo("geheim");
        assertThat(read.toString()).doesNotContain("geheim");
        assertThat(read.login().toString()).doesNotContain("geheim");
    }

    @Test
    void allThatIsWrongIsFoundAtOnceAndTheUrlIsNotRepeated() {
        Map<String, String> fields = Map.of(
                "url", "jdbc:oracle:thin:scott/tiger@db",
                "table", "{strem}",
                "mode", "merge",
                "delivery", "twice",
                "batch.rows", "0",
                "batch.size", "big",
                "timeout", "10");

        assertThat(shorthand.check(section(fields, LINES)))
                .containsExactly(
                        yours(
                                "url",
                                "url",
                                "url is not one of a database that this sink knows.",
                                "It looks like one of " + Address.FORMS + "."),
                        yours(
                                "table",
                                "table",
                                "'{strem}' has the placeholder '{strem}', which is not known.",
                                "Write one of [{layer}, {stream}, {pipeline}, {topic}]."),
                        yours("mode", "mode", "'merge' is not a mode.", "Write one of [auto, upsert, insert]."),
                        yours(
                                "delivery",
                                "delivery",
                                "'twice' is not a delivery.",
                                "Write one of [exactly_once, at_least_once]."),
                        yours("batch-rows", "batch.rows", "'0' is not a count.", "Write a whole number above zero."),
                        yours(
                                "batch-size",
                                "batch.size",
                                "'big' is not a size.",
                                "Write a whole number above zero and a unit, for example '128MB'; units: [B, KB, MB, GB]."),
                        yours(
                                "timeout",
                                "timeout",
                                "'10' is not a duration.",
                                "Write a whole number above zero and a unit, for example '10m'; units: [ms, s, m, h, d]."));
    }

    @Test
    void streamsThatWouldSpoilEachOtherAreFound() {
        assertThat(shorthand.check(section(Map.of("url", "jdbc:duckdb:/x", "mode", "insert"), LINES, RAW_LINES)))
                .containsExactly(
                        yours(
                                "mode-deletes",
                                "mode",
                                "mode 'insert' cannot write the deletes of [enriched.lines], which are tables.",
                                "Write 'upsert', or 'auto' where other streams are to be inserted."),
                        yours(
                                "table-shared",
                                "table",
                                "streams [enriched.lines, raw.lines] would all be written to table 'lines'.",
                                "Write for example '{layer}_{stream}', or a sink for each."));
    }

    @Test
    void aNameThatPostgresWouldCutIsFound() {
        String table = "a_rather_long_prefix_of_all_tables_of_the_warehouse_of_{layer}_{stream}";
        assertThat(shorthand.check(section(Map.of("url", "jdbc:postgresql://db/wh", "table", table), LINES)))
                .containsExactly(yours(
                        "table-name",
                        "table",
                        "'a_rather_long_prefix_of_all_tables_of_the_warehouse_of_enriched_lines' cannot be the name of a table in"
                                + " PostgreSQL.",
                        "Write a shorter or simpler name."));
    }

    @Test
    void defaultsAndUnresolvedReferencesAreNoFindings() {
        assertThat(shorthand.check(section(Map.of(), LINES))).isEmpty();
        assertThat(shorthand.check(section(Map.of("url", "jdbc:mariadb://db:3306/wh"), LINES)))
                .isEmpty();
    }

    @Test
    void aDriverThatIsNotThereIsFound() {
        assertThat(shorthand.preflight(section(Map.of("url", "jdbc:duckdb:/x", "driver", "/no/such.jar"), LINES)))
                .containsExactly(yours("driver", "driver", "there is no file '/no/such.jar'.", "Correct 'driver'."));
    }

    @Test
    void aMissingDriverSaysWhereItBelongs() {
        assertThat(shorthand.preflight(section(Map.of("url", "jdbc:mysql://127.0.0.1:1/wh"), LINES)))
                .containsExactly(new Finding(
                        Finding.Fault.ENVIRONMENT,
                        "jdbc.driver",
                        "driver",
                        "there is no JDBC driver for MySQL here.",
                        "Put the jar of mariadb-java-client or mysql-connector-j into the folder of the plugin ('plugins/jdbc'), or"
                                + " name it by 'driver'."));
    }

    @Test
    void aConnectConfigurationIsCheckedAlike() {
        assertThatThrownBy(() -> JdbcSinkConfig.of(Map.of("jdbc.url", "secret", "jdbc.mode", "auto")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("jdbc.url: url is not one of a database that this sink knows. It looks like one of "
                        + Address.FORMS + ".");
        assertThatThrownBy(() -> JdbcSinkConfig.of(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("Missing required configuration \"jdbc.url\" which has no default value.");
    }

    private static Finding yours(String code, String field, String message, String remedy) {
        return new Finding(Finding.Fault.YOURS, "jdbc." + code, field, message, remedy);
    }

    private static Section section(Map<String, String> fields, Section.InputStream... inputs) {
        return new Section("shop", "warehouse", "shop.warehouse", fields, List.of(inputs));
    }
}
