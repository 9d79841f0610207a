package io.millrace.layers.topology;

import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RowType;
import io.millrace.layers.record.Row;
import io.millrace.layers.record.SchemaCache;
import io.millrace.layers.step.Assigning;
import io.millrace.layers.step.Outcome;
import io.millrace.layers.step.StepRecord;
import io.millrace.layers.step.TypedValues;
import io.millrace.pipeline.step.Lookup;
import io.millrace.plugin.record.DeadLetter;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Makes one row of a lookup's two. A row whose foreign key cannot be evaluated was joined with nothing; it is found here, where a dead
 * letter can be made of it.
 */
final class JoinedInput implements SegmentInput<Joined> {
    /** The code of an event that finds no row, where the lookup says that it must. */
    static final String MISSING = "lookup.missing";

    private static final Schema NOTHING_KNOWN =
            SchemaBuilder.struct().optional().build();

    private final Lookup lookup;
    private final ForeignKey foreignKey;
    private final RowInput left;
    private final Schema absent;
    private final String missing;
    private final Assigning assigning;
    private final SchemaCache<Schema> optional = new SchemaCache<>();

    JoinedInput(Lookup lookup, ForeignKey foreignKey, RowInput left) {
        this.lookup = lookup;
        this.foreignKey = foreignKey;
        this.left = left;
        RowType type = lookup.tableType();
        this.absent = TypedValues.schema(type).orElse(NOTHING_KNOWN);
        this.assigning = new Assigning(List.of(lookup.as()));
        this.missing = "no row of " + lookup.table() + " has the key that 'on' gives"
                + lookup.missing()
                        .patience()
                        .map(time -> ", and none came in " + time.toMillis() + " ms")
                        .orElse("");
    }

    @Override
    public Outcome open(FixedKeyRecord<Bytes, Joined> entered, @Nullable RecordMetadata at) {
        Joined joined = entered.value();
        Row row = joined == null ? null : joined.left();
        StepRecord opened = left.open(entered, row, left.headers(entered, row));
        if (joined == null) {
            return opened;
        }
        try {
            foreignKey.evaluate(entered.key(), joined.left());
        } catch (EvaluationException e) {
            return new Outcome.Failed(lookup.name(), lookup.name(), e.code(), String.valueOf(e.getMessage()), e);
        }
        if (joined.right() == null && lookup.missing().deadLetter()) {
            return new Outcome.Failed(lookup.name(), lookup.name(), MISSING, missing, null);
        }
        Schema[] schemas = {absent};
        @Nullable Object[] values = {null};
        if (joined.right() != null) {
            Struct right = joined.right().value();
            schemas[0] = optional.get(right.schema(), JoinedInput::optional);
            values[0] = copy(right, schemas[0]);
        }
        return opened.with(assigning.apply(opened.row(), schemas, values));
    }

    private static Schema optional(Schema struct) {
        SchemaBuilder builder = SchemaBuilder.struct().optional();
        struct.fields().forEach(field -> builder.field(field.name(), field.schema()));
        return builder.build();
    }

    private static Struct copy(Struct right, Schema schema) {
        Struct copy = new Struct(schema);
        for (Field field : schema.fields()) {
            copy.put(field, right.getWithoutDefault(field.name()));
        }
        return copy;
    }

    @Override
    public void original(
            DeadLetter.Builder deadLetter, FixedKeyRecord<Bytes, Joined> entered, @Nullable RecordMetadata at) {
        Joined joined = entered.value();
        left.original(deadLetter, entered, joined == null ? null : joined.left());
    }
}
