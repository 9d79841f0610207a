package io.millrace.layers.step;

import io.millrace.layers.record.SchemaCache;
import io.millrace.pipeline.step.Unwrap;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's change event to the row: {@code c}, {@code r} and {@code u} give the row after, {@code d} a delete. Its own tombstone says
 * nothing new and is dropped under {@code tombstone}, a truncate under {@code truncate}, a logical message under {@code message}.
 */
final class UnwrapStep implements RecordStep {
    private record Envelope(Field op, Field after) {}

    private final Unwrap declaration;
    private final SchemaCache<Envelope> envelopes = new SchemaCache<>();
    private final DebeziumTypes types = new DebeziumTypes();

    UnwrapStep(Unwrap declaration) {
        this.declaration = declaration;
    }

    @Override
    public String name() {
        return declaration.name();
    }

    @Override
    public Outcome apply(StepRecord input) {
        if (input.isDelete()) {
            return new Outcome.Dropped("tombstone", false);
        }
        Struct event = input.row();
        Envelope envelope = envelopes.get(event.schema(), this::envelope);
        String op = String.valueOf(event.get(envelope.op()));
        return switch (op) {
            case "c", "r", "u" -> row(input, (Struct) event.get(envelope.after()));
            case "d" -> input.with(null, null);
            case "t" -> new Outcome.Dropped("truncate", false);
            case "m" -> new Outcome.Dropped("message", false);
            default -> failed("unwrap.unknown-op", "the change event's op is none of c, r, u, d, t, m");
        };
    }

    private Outcome row(StepRecord input, @Nullable Struct after) {
        if (after == null) {
            return failed("unwrap.no-row", "the change event has no row in 'after'");
        }
        Optional<String> unavailable = DebeziumTypes.unavailable(after);
        if (unavailable.isPresent()) {
            return failed(
                    "unwrap.unavailable-value",
                    "the change event lacks the value of '" + unavailable.get()
                            + "': PostgreSQL leaves large values out that did not change; set the table's REPLICA IDENTITY to FULL");
        }
        return input.with(types.convert(after));
    }

    private Envelope envelope(Schema schema) {
        Field op = schema.field("op");
        Field after = schema.field("after");
        if (op == null || after == null || after.schema().type() != Schema.Type.STRUCT) {
            throw new RecordFault(
                    name(),
                    "unwrap.not-debezium",
                    "the value is not a Debezium change event: it lacks 'op' or 'after'");
        }
        return new Envelope(op, after);
    }

    private Outcome failed(String code, String message) {
        return new Outcome.Failed(name(), name(), code, message, null);
    }
}
