package io.millrace.plugin.fusion;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.transforms.ReplaceField;

/** Fields left out, and fields renamed. */
final class ReplaceFieldStep implements FusedStep {
    private static final String AMBIGUOUS = "";

    private final Side side;
    private final boolean replaceNullWithDefault;
    private final Map<String, String> originalNames = new HashMap<>();

    ReplaceFieldStep(Side side, Map<String, String> config) {
        AbstractConfig values = new AbstractConfig(ReplaceField.CONFIG_DEF, config, false);
        this.side = side;
        this.replaceNullWithDefault = values.getBoolean("replace.null.with.default");
        // Of several old names for a new one, Apache's class takes whichever its map gives last: left to it.
        for (String pair : values.getList("renames")) {
            String[] names = pair.split(":");
            originalNames.merge(names[1], names[0], (first, second) -> AMBIGUOUS);
        }
    }

    @Override
    public Set<Side> sides() {
        return Set.of(side);
    }

    @Override
    public void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after) {
        Content in = draft.content(side);
        Content out = Content.original(side, side.schema(after));
        Set<String> left = new HashSet<>(in.columns().keySet());
        Map<String, Expression> columns = new LinkedHashMap<>();
        for (Field field : out.structSchema().fields()) {
            Field from = in.field(originalNames.getOrDefault(field.name(), field.name()));
            if (!from.schema().equals(field.schema())) {
                throw NotFused.here();
            }
            left.remove(from.name());
            columns.put(field.name(), in.read(from, replaceNullWithDefault).asField(field.schema()));
        }
        left.forEach(name -> draft.drop(in.read(in.field(name), false)));
        draft.content(side, Content.struct(out.schema(), columns));
    }
}
