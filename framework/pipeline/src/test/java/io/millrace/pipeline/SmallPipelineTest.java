package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.foundation.error.Problem;
import io.millrace.pipeline.plan.ConnectorPlan;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.plan.StreamPlan;
import io.millrace.pipeline.plan.TopicPlan;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmallPipelineTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("SHOP_DB_URL", "x", "LAKE", "lake");

    @Test
    void plansWithAWarningBecauseItsTypesAreNotKnown() {
        CheckedPipeline small = Pipelines.load(Pipelines.resource("small.yaml"));

        assertThat(small.warnings())
                .extracting(Problem::text)
                .containsExactly(
                        "p.yaml:5:5 [pipeline.unknown-types] 'validate' of cleaned.orders runs on fields that are not"
                                + " known: a name that is wrong would make every record a dead letter."
                                + " Give the stream a contract, or 'keep' the fields first.");
    }

    @Test
    void standsForOneSourceOneStreamAndOneSink() {
        PipelinePlan plan = Pipelines.plan(Pipelines.resource("small.yaml"), ENVIRONMENT);

        assertThat(plan.streams()).extracting(StreamPlan::topic).containsExactly("cleaned.orders.orders");
        assertThat(plan.connectors()).extracting(ConnectorPlan::name).containsExactly("orders.source", "orders.sink");
        assertThat(plan.connectors().get(1).config()).containsEntry("topics", "cleaned.orders.orders");
        assertThat(plan.topics())
                .extracting(TopicPlan::name)
                .containsExactly("raw.orders.orders", "cleaned.orders.orders", "deadletter.orders", "replay.orders");
    }

    @Test
    void appliesTheStepsToEachTable() {
        PipelinePlan plan = Pipelines.plan("""
                pipeline: shop
                source: {type: postgres-cdc, url: x, tables: [public.orders, public.customers]}
                steps:
                  - unwrap: debezium
                sink: {type: s3-parquet, bucket: lake}
                """, Map.of());

        assertThat(plan.streams())
                .extracting(stream -> stream.name() + " from " + stream.from())
                .containsExactly("cleaned.orders from raw.orders", "cleaned.customers from raw.customers");
    }

    @Test
    void tellsAProblemOfAStepOnceForAllTables() {
        assertThat(Pipelines.problems("""
                        pipeline: shop
                        source: {type: postgres-cdc, url: x, tables: [public.orders, public.customers]}
                        steps:
                          - unwarp: debezium
                        sink: {type: s3-parquet, bucket: lake}
                        """))
                .isEqualTo("p.yaml:4:5 [pipeline.unknown-step] 'unwarp' is not a step. Did you mean 'unwrap'? Steps:"
                        + " aggregate, cast, dedupe, drop, explode, filter, flatten, keep, key, lookup, mask, parse, rename, "
                        + "route, set, smt, standardise, table, unwrap, validate, window.");
    }
}
