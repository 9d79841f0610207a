package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.foundation.error.Problem;
import io.millrace.pipeline.CheckedPipeline;
import io.millrace.pipeline.PipelineLoader;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.TopicPlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small form with the real short types: one source, steps without a contract, one sink. */
class SmallPipelineTest {
    private static final String SMALL = """
            pipeline: orders
            source: {type: postgres-cdc, url: "${env:SHOP_DB_URL}", tables: [public.orders]}
            steps:
              - unwrap: debezium
              - validate: {freight_sane: value.freight >= 0}   # no contract: the type is unknown, `validate` warns and runs
            sink: {type: s3-parquet, bucket: "${env:LAKE}"}
            """;
    private static final Map<String, String> ENVIRONMENT =
            Map.of("SHOP_DB_URL", "postgresql://cdc:secret@localhost/shop", "LAKE", "lake");

    private static CheckedPipeline small() {
        return PipelineLoader.parse("small.yaml", SMALL, Optional.empty(), new ShortTypes());
    }

    private static PipelinePlan plan() {
        return small().plan(ReferenceResolver.of(ENVIRONMENT, path -> Map.of()));
    }

    @Test
    void warnsOfWhatIsNotKnownAndPlans() {
        assertThat(small().warnings())
                .extracting(Problem::text)
                .containsExactly("small.yaml:5:5 [pipeline.unknown-types] 'validate' of cleaned.orders runs on fields"
                        + " that are not known: a name that is wrong would make every record a dead letter."
                        + " Give the stream a contract, or 'keep' the fields first.");
        assertThat(plan().topics())
                .extracting(TopicPlan::name)
                .containsExactly("raw.orders.orders", "cleaned.orders.orders", "deadletter.orders", "replay.orders");
    }

    @Test
    void sourcesAndSinksAreEnough() {
        CheckedPipeline copies = PipelineLoader.parse("copies.yaml", """
                pipeline: copies
                sources:
                  shopdb: {type: postgres-cdc, url: "${env:SHOP_DB_URL}", tables: [public.orders]}
                sinks:
                  lake: {type: s3-parquet, from: [raw.orders], bucket: "${env:LAKE}"}
                """, Optional.empty(), new ShortTypes());
        PipelinePlan plan = copies.plan(ReferenceResolver.of(ENVIRONMENT, path -> Map.of()));

        assertThat(copies.warnings()).isEmpty();
        assertThat(plan.streams()).isEmpty();
        assertThat(plan.topics())
                .extracting(TopicPlan::name)
                .containsExactly("raw.copies.orders", "deadletter.copies", "replay.copies");
        assertThat(plan.connectors().get(1).config()).containsEntry("topics", "raw.copies.orders");
    }

    @Test
    void runsOnTypesThatOnlyTheRecordTells(@TempDir Path stateDir) {
        try (RunningLayers orders = new RunningLayers(plan(), stateDir)) {
            orders.send("raw.orders.orders", ShopChanges.orderKey(1), ShopChanges.order("c", 1, "ALFKI", "1996-07-04"));
            Struct negative =
                    new Struct(ShopChanges.ORDER).put("order_id", (short) 2).put("freight", -0.01f);
            orders.send("raw.orders.orders", ShopChanges.orderKey(2), ShopChanges.event("c", negative));

            assertThat(orders.rows("cleaned.orders.orders"))
                    .containsExactly("{\"order_id\":1,\"customer_id\":\"ALFKI\",\"order_date\":9681,\"freight\":32.38,"
                            + "\"ship_country\":\"Elsewhere\"}");
            assertThat(orders.take("deadletter.orders"))
                    .extracting(letter -> RunningLayers.headers(letter).get("millrace.rule"))
                    .containsExactly("freight_sane");
            orders.assertEveryRecordIsAccountedFor();
        }
    }

    @Test
    void aNumberThatJsonCannotCarryIsADeadLetterAndNeverZero(@TempDir Path stateDir) {
        String infinite = new String(ShopChanges.order("c", 1, "ALFKI", "1996-07-04"), StandardCharsets.UTF_8)
                .replace("\"freight\":32.38", "\"freight\":\"Infinity\"");
        try (RunningLayers orders = new RunningLayers(plan(), stateDir)) {
            orders.send("raw.orders.orders", ShopChanges.orderKey(1), ShopChanges.utf8(infinite));

            assertThat(orders.take("deadletter.orders"))
                    .extracting(letter -> RunningLayers.headers(letter).get("millrace.error.message"))
                    .containsExactly("'freight' is infinity or not-a-number, which JSON cannot carry");
            assertThat(orders.rows("cleaned.orders.orders")).isEmpty();
            orders.assertEveryRecordIsAccountedFor();
        }
    }
}
