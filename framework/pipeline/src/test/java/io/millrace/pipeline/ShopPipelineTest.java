package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.ConnectorShorthand.Role;
import io.millrace.api.RawStream;
import io.millrace.pipeline.model.StreamName;
import io.millrace.pipeline.plan.ConnectorPlan;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.RawStreamPlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.plan.TopicPlan;
import io.millrace.pipeline.reference.Reference;
import io.millrace.pipeline.reference.ReferenceResolver;
import io.millrace.pipeline.step.Lookup;
import io.millrace.pipeline.step.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShopPipelineTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("SHOP_DB_URL", "jdbc:postgresql://db/shop", "SHOP_DB_PASSWORD", "s3cret", "LAKE", "shop-lake");

    private static CheckedPipeline shop() {
        return Pipelines.load(Pipelines.resource("shop.yaml"));
    }

    private static PipelinePlan plan() {
        return shop().plan(ReferenceResolver.of(ENVIRONMENT, path -> Map.of()));
    }

    @Test
    void checksWithoutAWarning() {
        assertThat(shop().warnings()).isEmpty();
    }

    @Test
    void knowsTheRawStreamsOfTheSource() {
        assertThat(shop().raw())
                .containsExactly(
                        new RawStreamPlan(
                                new StreamName("raw", "customers"),
                                "raw.shop.customers",
                                "shopdb",
                                RawStream.Kind.TABLE,
                                RawStream.Format.DEBEZIUM),
                        new RawStreamPlan(
                                new StreamName("raw", "orders"),
                                "raw.shop.orders",
                                "shopdb",
                                RawStream.Kind.TABLE,
                                RawStream.Format.DEBEZIUM),
                        new RawStreamPlan(
                                new StreamName("raw", "order_details"),
                                "raw.shop.order_details",
                                "shopdb",
                                RawStream.Kind.TABLE,
                                RawStream.Format.DEBEZIUM));
    }

    @Test
    void typesEveryStreamAndItsKey() {
        assertThat(shop().streams().stream().map(ShopPipelineTest::described))
                .containsExactly(
                        "cleaned.customers TABLE key [customer_id] from raw.customers: unwrap, rename, standardise, keep"
                                + " -> {customer_id: string!, company: string!, country: string, phone: string}",
                        "cleaned.orders TABLE key [order_id] from raw.orders: unwrap, rename, keep"
                                + " -> {order_id: int32!, customer_id: string, ordered_on: date, ship_country: string}",
                        "cleaned.order_lines TABLE key [order_id, product_id] from raw.order_details: unwrap, cast, validate"
                                + " -> {order_id: int32!, product_id: int32!, unit_price: decimal(10,2)!, quantity: int32!,"
                                + " discount: decimal(4,2)!}",
                        "enriched.orders TABLE key [order_id] from cleaned.orders: lookup, set, drop"
                                + " -> {order_id: int32!, customer_id: string, ordered_on: date, ship_country: string,"
                                + " company: string, country: string}",
                        "enriched.order_lines TABLE key [order_id, product_id] from cleaned.order_lines: lookup, set, drop"
                                + " -> {order_id: int32!, product_id: int32!, unit_price: decimal(10,2)!, quantity: int32!,"
                                + " discount: decimal(4,2)!, country: string, ordered_on: date, revenue: decimal(38,4)}",
                        "curated.revenue_by_country TABLE key [country] from enriched.order_lines: aggregate"
                                + " -> {country: string, lines: int64, revenue: decimal(38,4)}");
    }

    private static String described(StreamPlan stream) {
        return stream.name() + " " + stream.kind() + " key " + stream.key() + " from " + stream.from() + ": "
                + String.join(", ", stream.steps().stream().map(Step::name).toList()) + " -> "
                + stream.type().text();
    }

    @Test
    void aLookupCarriesTheOtherTablesType() {
        StreamPlan lines = shop().streams().get(4);

        Lookup lookup = (Lookup) lines.steps().get(0);

        assertThat(lookup.table()).hasToString("enriched.orders");
        assertThat(lookup.on()).hasSize(1);
        assertThat(lookup.tableType().names()).contains("company", "country", "ordered_on");
    }

    @Test
    void plansTheSourceConnector() {
        ConnectorPlan source = plan().connectors().get(0);

        assertThat(source.name()).isEqualTo("shop.shopdb");
        assertThat(source.role()).isEqualTo(Role.SOURCE);
        assertThat(source.inputs()).isEmpty();
        assertThat(source.config())
                .containsOnly(
                        Map.entry("name", "shop.shopdb"),
                        Map.entry("connector.class", "example.postgres-cdc"),
                        Map.entry("tasks.max", "1"),
                        Map.entry("url", "jdbc:postgresql://db/shop"),
                        Map.entry("user", "cdc"),
                        Map.entry("password", "s3cret"),
                        Map.entry("transforms", "route"),
                        Map.entry("transforms.route.type", "example.Route"),
                        Map.entry("key.converter", "org.apache.kafka.connect.json.JsonConverter"),
                        Map.entry("key.converter.schemas.enable", "false"),
                        Map.entry("key.converter.decimal.format", "NUMERIC"),
                        Map.entry("key.converter.replace.null.with.default", "false"),
                        Map.entry("value.converter", "org.apache.kafka.connect.json.JsonConverter"),
                        Map.entry("value.converter.schemas.enable", "true"),
                        Map.entry("value.converter.decimal.format", "NUMERIC"),
                        Map.entry("value.converter.replace.null.with.default", "false"),
                        Map.entry("errors.tolerance", "all"),
                        Map.entry("errors.deadletterqueue.topic.name", "deadletter.shop"),
                        Map.entry("errors.deadletterqueue.context.headers.enable", "true"),
                        Map.entry("errors.deadletterqueue.topic.replication.factor", "1"),
                        Map.entry("millrace.pipeline", "shop"),
                        Map.entry("millrace.replay.topic", "replay.shop"),
                        Map.entry("millrace.stage", "source:shopdb"));
        assertThat(source).hasToString("ConnectorPlan[shop.shopdb, postgres-cdc, SOURCE]");
    }

    @Test
    void plansTheSinkConnectorWithWhatItReads() {
        ConnectorPlan sink = plan().connectors().get(1);

        assertThat(sink.name()).isEqualTo("shop.lake");
        assertThat(sink.inputs())
                .extracting(StreamName::toString)
                .containsExactly(
                        "cleaned.customers",
                        "cleaned.orders",
                        "cleaned.order_lines",
                        "enriched.orders",
                        "enriched.order_lines",
                        "curated.revenue_by_country");
        assertThat(sink.config())
                .containsEntry(
                        "topics",
                        "cleaned.shop.customers,cleaned.shop.orders,cleaned.shop.order_lines,enriched.shop.orders,"
                                + "enriched.shop.order_lines,curated.shop.revenue_by_country")
                .containsEntry("bucket", "shop-lake")
                .containsEntry("roll.every", "10s")
                .containsEntry("roll.size", "128MB")
                .containsEntry("path", "{layer}/{stream}/dt={yyyy-MM-dd}")
                .containsEntry("millrace.stage", "sink:lake");
    }

    @Test
    void plansTheTopics() {
        Map<String, String> table = Map.of("cleanup.policy", "compact", "max.message.bytes", "16777216");
        Map<String, String> raw = new HashMap<>(table);
        raw.put("delete.retention.ms", "1209600000");
        assertThat(plan().topics())
                .containsExactly(
                        new TopicPlan("raw.shop.customers", 3, (short) 1, raw),
                        new TopicPlan("raw.shop.orders", 3, (short) 1, raw),
                        new TopicPlan("raw.shop.order_details", 3, (short) 1, raw),
                        new TopicPlan("cleaned.shop.customers", 3, (short) 1, table),
                        new TopicPlan("cleaned.shop.orders", 3, (short) 1, table),
                        new TopicPlan("cleaned.shop.order_lines", 3, (short) 1, table),
                        new TopicPlan("enriched.shop.orders", 3, (short) 1, table),
                        new TopicPlan("enriched.shop.order_lines", 3, (short) 1, table),
                        new TopicPlan("curated.shop.revenue_by_country", 3, (short) 1, table),
                        new TopicPlan(
                                "deadletter.shop",
                                1,
                                (short) 1,
                                Map.of(
                                        "cleanup.policy", "delete",
                                        "max.message.bytes", "67108864",
                                        "retention.ms", "1209600000")),
                        new TopicPlan(
                                "replay.shop",
                                3,
                                (short) 1,
                                Map.of(
                                        "cleanup.policy", "delete",
                                        "max.message.bytes", "67108864",
                                        "retention.ms", "2592000000")));
    }

    @Test
    void namesEveryReferenceAndWhereItStands() {
        List<String> references = shop().references().stream()
                .map(reference -> reference.text() + " at " + reference.place() + " for " + site(reference.site()))
                .toList();

        assertThat(references)
                .containsExactly(
                        "${env:SHOP_DB_URL} at p.yaml:11:11 for shopdb SOURCE postgres-cdc url",
                        "${env:SHOP_DB_USER:-cdc} at p.yaml:12:12 for shopdb SOURCE postgres-cdc user",
                        "${env:SHOP_DB_PASSWORD} at p.yaml:13:16 for shopdb SOURCE postgres-cdc password",
                        "${env:LAKE} at p.yaml:81:14 for lake SINK s3-parquet bucket",
                        "${env:LAKE_ROLL:-10s} at p.yaml:83:33 for lake SINK s3-parquet roll.every");
    }

    private static String site(Reference.Site site) {
        return site.section() + " " + site.role() + " " + site.type() + " " + site.field();
    }

    @Test
    void givesSectionsForPreflight() {
        List<ResolvedSection> sections = shop().sections(ReferenceResolver.of(ENVIRONMENT, path -> Map.of()));

        assertThat(sections)
                .extracting(ResolvedSection::toString)
                .containsExactly(
                        "ResolvedSection[shop.shopdb, postgres-cdc]", "ResolvedSection[shop.lake, s3-parquet]");
        assertThat(sections.get(0).section().field("tables"))
                .contains("public.customers,public.orders,public.order_details");
        assertThat(sections.get(0).place("tables")).hasToString("p.yaml:14:13");
        assertThat(sections.get(0).place("port")).hasToString("p.yaml:9:3");
        assertThat(sections.get(1).section().inputs()).hasSize(6);
    }
}
