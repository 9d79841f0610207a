package io.millrace.connectors.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand;
import io.millrace.api.Finding;
import io.millrace.api.RawStream;
import io.millrace.api.Section;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.RegexRouter;
import org.junit.jupiter.api.Test;

class PostgresCdcShorthandTest {
    private static final Section SHOP = Sections.with(
            "jdbc:postgresql://127.0.0.1:5432/shop", "cdc", "secret", "public.customers,public.order_details");

    private final PostgresCdcShorthand shorthand = new PostgresCdcShorthand();

    private static Finding yours(String code, String field, String message, String remedy) {
        return new Finding(Finding.Fault.YOURS, "postgres-cdc." + code, field, message, remedy);
    }

    @Test
    void isFoundAsAService() {
        assertThat(ServiceLoader.load(ConnectorShorthand.class))
                .singleElement()
                .satisfies(found -> assertThat(found.type()).isEqualTo("postgres-cdc"));
    }

    @Test
    void eachTableIsATableOfTheRawLayer() {
        assertThat(shorthand.streams(SHOP))
                .containsExactly(
                        new RawStream("customers", RawStream.Kind.TABLE, RawStream.Format.DEBEZIUM),
                        new RawStream("order_details", RawStream.Kind.TABLE, RawStream.Format.DEBEZIUM));
        assertThat(shorthand.streams(Sections.of(Map.of()))).isEmpty();
    }

    @Test
    void expandsToDebeziumsConfiguration() {
        assertThat(shorthand.connectorConfig(SHOP))
                .containsEntry("connector.class", "io.debezium.connector.postgresql.PostgresConnector")
                .containsEntry("tasks.max", "1")
                .containsEntry("database.hostname", "127.0.0.1")
                .containsEntry("database.port", "5432")
                .containsEntry("database.dbname", "shop")
                .containsEntry("database.user", "cdc")
                .containsEntry("database.password", "secret")
                .containsEntry("slot.name", "millrace_shop_shopdb")
                .containsEntry("publication.name", "millrace_shop_shopdb")
                .containsEntry("table.include.list", "public\\.customers,public\\.order_details")
                .containsEntry("snapshot.mode", "custom")
                .containsEntry("snapshot.mode.custom.name", "millrace_from_slot")
                .containsEntry("heartbeat.interval.ms", "10000")
                .containsEntry("topic.heartbeat.name", "heartbeat.shop.shopdb")
                .containsEntry("transforms", "topic");
    }

    @Test
    void whatIsWrittenWinsOverDefaults() {
        Section section = Sections.of(Map.of(
                "url",
                "postgres://cdc:secret@db/shop",
                "tables",
                "public.orders",
                "slot",
                "mine",
                "publication",
                "ours",
                "snapshot",
                "never",
                "heartbeat",
                "1m"));

        assertThat(shorthand.check(section)).isEmpty();
        assertThat(shorthand.connectorConfig(section))
                .containsEntry("database.user", "cdc")
                .containsEntry("database.password", "secret")
                .containsEntry("slot.name", "mine")
                .containsEntry("publication.name", "ours")
                .containsEntry("snapshot.mode", "no_data")
                .containsEntry("heartbeat.interval.ms", "60000");
    }

    @Test
    void namesOfLongPipelinesAreMadeFitForPostgres() {
        Section section = new Section(
                "Shop-" + "x".repeat(80),
                "db.1",
                "c",
                Map.of("url", "postgres://db/shop", "tables", "public.orders"),
                List.of());

        assertThat(shorthand.connectorConfig(section).get("slot.name"))
                .isEqualTo("millrace_shop_" + "x".repeat(49))
                .hasSize(63);
    }

    @Test
    void theTransformLeavesTheSchemaOutOfTheTopic() {
        RegexRouter<SourceRecord> router = new RegexRouter<>();
        router.configure(Map.of(
                "regex", shorthand.connectorConfig(SHOP).get("transforms.topic.regex"),
                "replacement", shorthand.connectorConfig(SHOP).get("transforms.topic.replacement")));

        assertThat(routed(router, "raw.shop.shopdb.public.order_details")).isEqualTo("raw.shop.order_details");
        assertThat(routed(router, "heartbeat.shop.shopdb")).isEqualTo("heartbeat.shop.shopdb");
    }

    private static String routed(RegexRouter<SourceRecord> router, String topic) {
        return router.apply(new SourceRecord(null, null, topic, null, null)).topic();
    }

    @Test
    void allThatIsWrittenWronglyIsToldAtOnce() {
        Section section = Sections.of(Map.of(
                "url",
                "mysql://cdc:secret@db/shop",
                "tables",
                "orders,public.orders,audit.orders,public.a b,public.orders",
                "slot",
                "Shop",
                "publication",
                "my-publication",
                "heartbeat",
                "often"));

        assertThat(shorthand.check(section))
                .containsExactly(
                        yours(
                                "url",
                                "url",
                                "url is not one of PostgreSQL.",
                                "It looks like 'jdbc:postgresql://host:5432/database'."),
                        yours(
                                "table-name",
                                "tables",
                                "table 'orders' is not of the form 'schema.table'.",
                                "Write 'public.orders' if it is in schema 'public'."),
                        yours(
                                "same-name",
                                "tables",
                                "tables 'public.orders' and 'audit.orders' would both become stream 'raw.orders'.",
                                "Capture one of them by a source in another pipeline."),
                        yours(
                                "table-name",
                                "tables",
                                "table 'public.a b' is not of the form 'schema.table'.",
                                "Both names have letters, digits, '_' and '-' only."),
                        yours("same-name", "tables", "table 'public.orders' is named twice.", "Leave one out."),
                        yours(
                                "slot-name",
                                "slot",
                                "slot 'Shop' is not a name that PostgreSQL takes.",
                                "Use up to 63 lower case letters, digits and '_'."),
                        yours(
                                "publication-name",
                                "publication",
                                "publication 'my-publication' is not a name that PostgreSQL takes.",
                                "Use up to 63 lower case letters, digits and '_'."),
                        yours(
                                "heartbeat",
                                "heartbeat",
                                "heartbeat 'often' is not a length of time.",
                                "Write a number and ms, s or m, for example '10s'."));
    }

    @Test
    void noTablesAtAllIsAFinding() {
        assertThat(shorthand.check(Sections.of(Map.of("tables", " "))))
                .containsExactly(
                        yours("table-name", "tables", "tables is empty.", "Name at least one, as 'schema.table'."));
    }

    @Test
    void aMissingUserIsFoundBeforeConnecting() {
        assertThat(shorthand.preflight(Sections.of(Map.of("url", "postgres://127.0.0.1:1/shop", "tables", "a.b"))))
                .containsExactly(yours("user", "user", "no user is named.", "Write 'user', or name one in the url."));
    }
}
