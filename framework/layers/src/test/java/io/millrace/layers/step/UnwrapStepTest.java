package io.millrace.layers.step;

import static io.millrace.layers.step.StepFixture.failure;
import static io.millrace.layers.step.StepFixture.passed;
import static io.millrace.layers.step.StepFixture.record;
import static io.millrace.layers.step.StepFixture.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.expression.type.ConnectTypes;
import io.millrace.pipeline.step.Unwrap;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnwrapStepTest {
    private static final Schema VARIABLE = SchemaBuilder.struct()
            .name("io.debezium.data.VariableScaleDecimal")
            .field("scale", Schema.INT32_SCHEMA)
            .field("value", Schema.BYTES_SCHEMA)
            .optional()
            .build();
    private static final Schema ROW = SchemaBuilder.struct()
            .name("row")
            .optional()
            .field("id", Schema.INT16_SCHEMA)
            .field("day", named(SchemaBuilder.int32(), "io.debezium.time.Date"))
            .field("millis", named(SchemaBuilder.int64(), "io.debezium.time.Timestamp"))
            .field("micros", named(SchemaBuilder.int64(), "io.debezium.time.MicroTimestamp"))
            .field("nanos", named(SchemaBuilder.int64(), "io.debezium.time.NanoTimestamp"))
            .field("zoned", named(SchemaBuilder.string(), "io.debezium.time.ZonedTimestamp"))
            .field("uuid", named(SchemaBuilder.string(), "io.debezium.data.Uuid"))
            .field("amount", Decimal.builder(2).optional().build())
            .field("any", VARIABLE)
            .field(
                    "note",
                    SchemaBuilder.string().optional().defaultValue("none").build())
            .build();
    private static final Schema ENVELOPE = SchemaBuilder.struct()
            .field("before", ROW)
            .field("after", ROW)
            .field("op", Schema.STRING_SCHEMA)
            .build();
    private static final Unwrap UNWRAP = new Unwrap("unwrap");

    @ParameterizedTest
    @ValueSource(strings = {"c", "r", "u"})
    void givesTheRowAfter(String op) {
        assertThat(passed(run(UNWRAP, record(event(op, row())))).get("id")).isEqualTo((short) 7);
    }

    @Test
    void givesOneDeleteAndDropsTheTombstone() {
        Outcome deleted = run(UNWRAP, record(event("d", null)));

        assertThat(deleted).isInstanceOfSatisfying(StepRecord.class, outcome -> assertThat(outcome.isDelete())
                .isTrue());
        assertThat(run(UNWRAP, StepFixture.delete())).isEqualTo(new Outcome.Dropped("tombstone", false));
        assertThat(run(UNWRAP, record(event("t", null)))).isEqualTo(new Outcome.Dropped("truncate", false));
        assertThat(run(UNWRAP, record(event("m", null)))).isEqualTo(new Outcome.Dropped("message", false));
    }

    @Test
    void makesDebeziumsTypesOurs() {
        Struct row = row().put("day", (int) LocalDate.of(1996, 7, 4).toEpochDay())
                .put("millis", 1_500L)
                .put("micros", 1_500_001L)
                .put("nanos", -1L)
                .put("zoned", "1970-01-01T01:00:01.000002+01:00")
                .put("uuid", "u")
                .put("amount", new BigDecimal("1.5"))
                .put("any", new Struct(VARIABLE).put("scale", 3).put("value", new byte[] {5}));

        Struct output = passed(run(UNWRAP, record(event("c", row))));

        assertThat(output.get("day"))
                .isEqualTo(Date.from(
                        LocalDate.of(1996, 7, 4).atStartOfDay(ZoneOffset.UTC).toInstant()));
        assertThat(output.get("millis")).isEqualTo(1_500_000L);
        assertThat(output.get("micros")).isEqualTo(1_500_001L);
        assertThat(output.get("nanos")).isEqualTo(-1L);
        assertThat(output.get("zoned")).isEqualTo(1_000_002L);
        assertThat(output.get("amount")).isEqualTo(new BigDecimal("1.50"));
        assertThat(output.get("any")).isEqualTo(new BigDecimal("0.005"));
        for (String timestamp : new String[] {"millis", "micros", "nanos", "zoned"}) {
            assertThat(output.schema().field(timestamp).schema().name()).isEqualTo(ConnectTypes.MICRO_TIMESTAMP);
        }
        assertThat(output.schema().field("uuid").schema()).isEqualTo(Schema.OPTIONAL_STRING_SCHEMA);
        assertThat(output.schema().name()).isNull();
        assertThat(Instant.ofEpochSecond(0, 1_500_001_000L)).isEqualTo(Instant.parse("1970-01-01T00:00:01.500001Z"));
    }

    @Test
    void nullStaysNullWhateverTheDefault() {
        Struct output = passed(run(UNWRAP, record(event("c", row()))));

        assertThat(output.get("note")).isNull();
        assertThat(output.get("any")).isNull();
        assertThat(output.schema().field("note").schema()).isEqualTo(Schema.OPTIONAL_STRING_SCHEMA);
    }

    @Test
    void aLargeValueThatDidNotComeWithTheChangeFailsInsteadOfBecomingData() {
        Struct row = row().put("note", "__debezium_unavailable_value");

        assertThat(failure(run(UNWRAP, record(event("u", row)))))
                .isEqualTo(
                        "unwrap unwrap unwrap.unavailable-value the change event lacks the value of 'note':"
                                + " PostgreSQL leaves large values out that did not change; set the table's REPLICA IDENTITY to FULL");
    }

    @Test
    void whatIsNotAChangeEventFails() {
        assertThat(failure(run(UNWRAP, record(row()))))
                .isEqualTo(
                        "unwrap unwrap unwrap.not-debezium the value is not a Debezium change event: it lacks 'op' or 'after'");
        assertThat(failure(run(UNWRAP, record(event("x", row())))))
                .isEqualTo("unwrap unwrap unwrap.unknown-op the change event's op is none of c, r, u, d, t, m");
        assertThat(failure(run(UNWRAP, record(event("u", null)))))
                .isEqualTo("unwrap unwrap unwrap.no-row the change event has no row in 'after'");
    }

    private static Struct row() {
        return new Struct(ROW).put("id", (short) 7);
    }

    private static Struct event(String op, Struct after) {
        return new Struct(ENVELOPE).put("op", op).put("after", after);
    }

    private static Schema named(SchemaBuilder builder, String name) {
        return builder.name(name).version(1).optional().build();
    }
}
