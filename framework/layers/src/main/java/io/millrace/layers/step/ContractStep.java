package io.millrace.layers.step;

import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.EvaluationException;
import io.millrace.expression.type.RowType;
import io.millrace.layers.record.SchemaCache;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stream with a contract: exactly its fields, in its order and types; a value that has no exact place is a dead letter, as are
 * a field too many and a required one that is missing or null.
 */
public final class ContractStep implements RecordStep {
    private static final String NAME = "contract";

    private record Column(@Nullable Field from, Field to, boolean same) {}

    private final Schema schema;
    private final SchemaCache<List<Column>> columns = new SchemaCache<>();

    public ContractStep(RowType contract) {
        this.schema = ConnectTypes.schema(contract, true);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(StepRecord input) {
        Struct row = input.row();
        Struct output = new Struct(schema);
        for (Column column : columns.get(row.schema(), this::columns)) {
            Object value = value(row, column);
            if (value == null && !column.to().schema().isOptional()) {
                return failed("contract.null", "required field '" + column.to().name() + "' is null");
            }
            output.put(column.to(), value);
        }
        return input.with(output);
    }

    private static @Nullable Object value(Struct row, Column column) {
        Field from = column.from();
        Object value = from == null ? null : Reshape.value(row, from);
        if (from == null || value == null || column.same()) {
            return value;
        }
        try {
            return ConnectTypes.write(
                    ConnectTypes.read(value, from.schema()), column.to().schema());
        } catch (EvaluationException e) {
            throw new RecordFault(NAME, "contract.type", "field '" + from.name() + "': " + e.getMessage());
        }
    }

    private List<Column> columns(Schema input) {
        for (Field field : input.fields()) {
            if (schema.field(field.name()) == null) {
                throw new RecordFault(
                        NAME, "contract.unexpected-field", "field '" + field.name() + "' is not in the contract");
            }
        }
        List<Column> found = new ArrayList<>();
        for (Field to : schema.fields()) {
            Field from = input.field(to.name());
            if (from == null && !to.schema().isOptional()) {
                throw new RecordFault(NAME, "contract.missing-field", "required field '" + to.name() + "' is missing");
            }
            found.add(new Column(from, to, from != null && same(from.schema(), to.schema())));
        }
        return found;
    }

    /** Whether values can be taken over as they are. */
    private static boolean same(Schema from, Schema to) {
        return from.type().isPrimitive()
                && from.type() == to.type()
                && ConnectTypes.typeOf(from).equals(ConnectTypes.typeOf(to))
                && (from.name() == null ? to.name() == null : from.name().equals(to.name()));
    }

    private static Outcome failed(String code, String message) {
        return new Outcome.Failed(NAME, NAME, code, message, null);
    }
}
