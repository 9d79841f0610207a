package io.millrace.connectors.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.Section;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.junit.jupiter.api.Test;

class SearchIndexShorthandTest {
    private final SearchIndexShorthand shorthand = new SearchIndexShorthand();

    @Test
    void bothServicesAreFound() {
        assertThat(ServiceLoader.load(ConnectorShorthand.class)).hasExactlyElementsOfTypes(SearchIndexShorthand.class);
        assertThat(ServiceLoader.load(SinkConnector.class)).hasExactlyElementsOfTypes(SearchIndexSinkConnector.class);
        assertThat(shorthand.type()).isEqualTo("search-index");
        assertThat(shorthand.role()).isEqualTo(ConnectorShorthand.Role.SINK);
    }

    @Test
    void aSectionBecomesAConnectorConfigurationThatIsComplete() {
        Section section = section(
                Map.of(
                        "url", "https://a:9200/,https://b:9200",
                        "index", "{pipeline}-{stream}",
                        "user", "u",
                        "password", "p",
                        "bulk.size", "1MB"),
                input("enriched", "orders"),
                input("enriched", "lines"));

        Map<String, String> config = shorthand.connectorConfig(section);

        assertThat(new TreeMap<>(config))
                .isEqualTo(new TreeMap<>(Map.of(
                        "connector.class", "io.millrace.connectors.search.SearchIndexSinkConnector",
                        "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                        "search.pipeline", "shop",
                        "search.streams",
                                "enriched.shop.orders=enriched/orders/table,enriched.shop.lines=enriched/lines/table",
                        "search.url", "https://a:9200/,https://b:9200",
                        "search.index", "{pipeline}-{stream}",
                        "search.user", "u",
                        "search.password", "p",
                        "search.bulk.size", "1MB")));
        SearchIndexSinkConfig read = SearchIndexSinkConfig.of(config);
        assertThat(read.server().urls()).hasToString("[https://a:9200, https://b:9200]");
        assertThat(read.index().of(read.stream("enriched.shop.lines"), "enriched.shop.lines"))
                .isEqualTo("shop-lines");
        assertThat(read.bulkBytes()).isEqualTo(1L << 20);
        assertThat(read.toString()).contains("server=Server[https://a:9200, https://b:9200]");
    }

    @Test
    void allThatIsWrongIsFoundAtOnce() {
        Map<String, String> fields = Map.of(
                "url", "localhost:9200",
                "index", "Orders",
                "headers", "X-Tenant shop",
                "decimals", "float",
                "gc_deletes", "60",
                "bulk.size", "5",
                "bulk.records", "0");

        assertThat(shorthand.check(section(fields)))
                .containsExactly(
                        yours(
                                "url",
                                "'localhost:9200' is not the URL of a server.",
                                "Write for example 'https://search.example:9200', and put user and password into 'user' and"
                                        + " 'password'."),
                        yours(
                                "index",
                                "'Orders' cannot be the name of an index.",
                                "A name has up to 255 bytes of lower case letters, digits, '-', '_' and '.', and begins with a"
                                        + " letter or digit."),
                        yours(
                                "headers",
                                "'X-Tenant shop' is not a header that can be set.",
                                "Write it as 'Name: value', without non-ASCII letters."),
                        yours("decimals", "'float' is not known here.", "Write one of [double, string]."),
                        yours(
                                "gc_deletes",
                                "'60' is not a duration.",
                                "Write a whole number above zero and a unit, for example '10m'; units: [ms, s, m, h, d]."),
                        yours(
                                "bulk.records",
                                "'0' is not a count.",
                                "Write a whole number above zero, at most 999999999."));
    }

    @Test
    void streamsThatWouldOverwriteEachOtherAreFound() {
        Map<String, String> one = Map.of("url", "http://a:9200", "index", "orders");

        assertThat(shorthand.check(section(one, input("cleaned", "orders"), input("enriched", "orders"))))
                .containsExactly(
                        yours(
                                "index",
                                "The streams [cleaned.orders, enriched.orders] would overwrite each other's documents in index 'orders'.",
                                "Write 'index: \"{layer}-{stream}\"' for an index of each, or 'id: origin' if they are events."));
        assertThat(shorthand.check(section(
                        Map.of("url", "http://a:9200", "index", "all", "id", "origin"),
                        input("cleaned", "orders"),
                        input("enriched", "orders"))))
                .isEmpty();
        assertThat(shorthand.check(section(Map.of(), input("cleaned", "orders"), input("cleaned", "lines"))))
                .isEmpty();
    }

    @Test
    void aServerThatIsNotThereAndHalfOfTheCredentialsAreFoundBeforehand() {
        assertThat(shorthand.preflight(section(Map.of("url", "http://127.0.0.1:1"))))
                .containsExactly(new Finding(
                        Finding.Fault.ENVIRONMENT,
                        "search-index.unreachable",
                        "url",
                        "The search server cannot be asked: http://127.0.0.1:1 does not answer: ConnectException.",
                        "Check that it runs and that 'url' is right."));
        assertThat(shorthand.preflight(section(Map.of("url", "http://127.0.0.1:1", "user", "u"))))
                .containsExactly(new Finding(
                        Finding.Fault.YOURS,
                        "search-index.credentials",
                        "user",
                        "Only one of 'user' and 'password' is set.",
                        "Set both, or none."));
    }

    @Test
    void aConnectConfigurationIsCheckedAlike() {
        assertThatThrownBy(() -> SearchIndexSinkConfig.of(Orders.config("http://a:9200", "search.index", "{strem}")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "search.index: '{strem}' has the placeholder '{strem}', which is not known. Write one of [{stream}, {layer},"
                                + " {pipeline}, {topic}].");
        assertThatThrownBy(() -> SearchIndexSinkConfig.of(
                        Orders.config("http://a:9200", "search.api.key", "k", "search.user", "u")))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Both 'api_key' and 'user' or 'password' are set. Set 'api_key' alone, or 'user' and 'password'.");
        assertThatThrownBy(() -> SearchIndexSinkConfig.of(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("Missing required configuration \"search.url\" which has no default value.");
    }

    private static Section.InputStream input(String layer, String stream) {
        return new Section.InputStream(layer, stream, layer + ".shop." + stream, true);
    }

    private static Finding yours(String field, String message, String remedy) {
        return new Finding(
                Finding.Fault.YOURS, "search-index." + field.replaceAll("[._]", "-"), field, message, remedy);
    }

    private static Section section(Map<String, String> fields, Section.InputStream... inputs) {
        return new Section("shop", "search", "shop.search", fields, List.of(inputs));
    }
}
