package io.millrace.layers.step;

import io.millrace.expression.type.RowType;
import io.millrace.layers.record.Keys;
import io.millrace.pipeline.step.Step;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Records for steps, and steps run alone. */
final class StepFixture {
    private StepFixture() {}

    static StepRecord record(Schema schema, Object value) {
        StepRecord.Source source = new StepRecord.Source(
                Bytes.wrap("{\"id\":7}".getBytes()),
                Keys.of(List.of("id"), RowType.ANY),
                new RecordHeaders().add("device", "d1".getBytes()),
                new StepRecord.Place("raw.shop.things", 0, 5),
                1000,
                "raw.shop.things-0@5");
        return StepRecord.of(source, schema, value);
    }

    static StepRecord record(Struct row) {
        return record(row.schema(), row);
    }

    static StepRecord delete() {
        return record(null, null);
    }

    /** A row of fields and values, in pairs with their schemas. */
    static Struct row(Object... fieldSchemaValue) {
        SchemaBuilder builder = SchemaBuilder.struct();
        for (int i = 0; i < fieldSchemaValue.length; i += 3) {
            builder.field((String) fieldSchemaValue[i], (Schema) fieldSchemaValue[i + 1]);
        }
        Struct row = new Struct(builder.build());
        for (int i = 0; i < fieldSchemaValue.length; i += 3) {
            row.put((String) fieldSchemaValue[i], fieldSchemaValue[i + 2]);
        }
        return row;
    }

    static Outcome run(RecordStep step, StepRecord input) {
        return new RecordSteps(List.of(step)).apply(input);
    }

    static Outcome run(Step declaration, StepRecord input) {
        return run(
                RecordSteps.of(declaration, smt -> {
                    throw new IllegalStateException("no transforms here");
                }),
                input);
    }

    static Outcome run(Step declaration, Struct row) {
        return run(declaration, record(row));
    }

    static Struct passed(Outcome outcome) {
        if (outcome instanceof StepRecord passed) {
            return passed.row();
        }
        throw new AssertionError("did not pass: " + outcome);
    }

    /** {@code step rule code message}. */
    static String failure(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return failed.step() + " " + failed.rule() + " " + failed.code() + " " + failed.message();
        }
        throw new AssertionError("did not fail: " + outcome);
    }
}
