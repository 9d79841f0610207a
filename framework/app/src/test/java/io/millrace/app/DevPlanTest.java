package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.app.dev.DevInputs;
import io.millrace.app.dev.DevNeeds;
import io.millrace.foundation.error.ProblemException;
import io.millrace.pipeline.CheckedPipeline;
import io.millrace.pipeline.PipelineLoader;
import io.millrace.pipeline.plan.ConnectorPlan;
import io.millrace.pipeline.plan.PipelinePlan;
import io.millrace.pipeline.reference.ReferenceResolver;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@code run --dev} plans before it has started anything. */
class DevPlanTest {
    private static PipelinePlan plan(CheckedPipeline pipeline) {
        ReferenceResolver own = ReferenceResolver.none();
        return pipeline.plan(own.or(DevNeeds.of(pipeline.references(), own).expected(DevInputs.in(Path.of("dev")))));
    }

    @Test
    void theShopNeedsNoReferenceOfTheUsers() {
        PipelinePlan plan =
                plan(PipelineLoader.load(Path.of("../../pipelines/shop"), Optional.empty(), new ShortTypes()));

        assertThat(plan.connectors())
                .extracting(ConnectorPlan::name)
                .containsExactly(
                        "shop.shopdb", "shop.clicks", "shop.readings", "shop.lake", "shop.warehouse", "shop.search");
    }

    @Test
    void aReferenceThatNoDevServiceAnswersIsToldBeforeAnyStarts() {
        CheckedPipeline pipeline = PipelineLoader.parse("p.yaml", """
                pipeline: p
                source: {type: postgres-cdc, url: "${env:DB}", tables: [public.orders]}
                steps: [{unwrap: debezium}]
                sink: {type: s3-parquet, bucket: "${env:LAKE}", path: "${env:WHERE}"}
                """, Optional.empty(), new ShortTypes());

        assertThatThrownBy(() -> plan(pipeline))
                .isInstanceOf(ProblemException.class)
                .hasMessage(
                        "p.yaml:4:56 [pipeline.unresolved-reference] '${env:WHERE}' has no value. Set the environment"
                                + " variable 'WHERE', or write a default: ${env:WHERE:-default}.");
    }
}
