package io.millrace.layers.step;

import static io.millrace.layers.step.StepFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.step.Smt;
import io.millrace.plugin.discovery.Plugins;
import io.millrace.plugin.record.TransformChain;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

class SmtStepTest {
    private static final Struct ROW = row("id", Schema.INT32_SCHEMA, 7);

    @Test
    void runsAnApacheTransformOnTheValue() {
        Outcome outcome = run("org.apache.kafka.connect.transforms.InsertField$Value", Map.of("topic.field", "topic"));

        assertThat(StepFixture.passed(outcome).get("topic")).isEqualTo("raw.shop.things");
    }

    @Test
    void nullDropsTheRecordUnderTheStepsName() {
        assertThat(run("org.apache.kafka.connect.transforms.Filter", Map.of()))
                .isEqualTo(new Outcome.Dropped("smt", true));
    }

    @Test
    void aTransformThatThrowsMakesAFailedRecord() {
        Outcome outcome = run("org.apache.kafka.connect.transforms.Cast$Value", Map.of("spec", "id:string"));
        assertThat(StepFixture.passed(outcome).get("id")).isEqualTo("7");

        Outcome failed = run(
                "org.apache.kafka.connect.transforms.TimestampConverter$Value",
                Map.of("field", "id", "target.type", "Date"));
        assertThat(failed).isInstanceOfSatisfying(Outcome.Failed.class, it -> {
            assertThat(it.step()).isEqualTo("smt");
            assertThat(it.code()).isEqualTo("smt.failed");
        });
    }

    private static Outcome run(String transform, Map<String, String> config) {
        try (Plugins plugins = Plugins.scan(List.of())) {
            RecordStep step = RecordSteps.of(
                    new Smt("smt", transform, config),
                    smt -> TransformChain.of(plugins, smt.transformClass(), smt.config()));
            return StepFixture.run(step, StepFixture.record(ROW));
        }
    }
}
