package io.millrace.plugin.fusion;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.ConnectSchema;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.transforms.HoistField;

/** The whole struct as the one field of another. */
final class HoistFieldStep implements FusedStep {
    private final Side side;
    private final String name;

    HoistFieldStep(Side side, Map<String, String> config) {
        this.side = side;
        this.name = new AbstractConfig(HoistField.CONFIG_DEF, config, false).getString("field");
    }

    @Override
    public Set<Side> sides() {
        return Set.of(side);
    }

    @Override
    public void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after) {
        Content in = draft.content(side);
        Schema schema = in.structSchema();
        // As it came in, nobody has looked whether all its required fields are there; as the field of another struct,
        // it is looked at.
        Expression struct = in.changed()
                ? in.whole()
                : in.whole().then(value -> {
                    ConnectSchema.validateValue(schema, value);
                    return value;
                });
        Map<String, Expression> columns = Map.of(name, struct.asField(schema));
        draft.content(side, Content.struct(side.schema(after), columns));
    }
}
