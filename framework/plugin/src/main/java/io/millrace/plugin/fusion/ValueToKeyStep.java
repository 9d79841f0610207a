package io.millrace.plugin.fusion;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.transforms.ValueToKey;

/** Fields of the value as the key. */
final class ValueToKeyStep implements FusedStep {
    private final List<String> fields;
    private final boolean replaceNullWithDefault;

    ValueToKeyStep(Map<String, String> config) {
        AbstractConfig values = new AbstractConfig(ValueToKey.CONFIG_DEF, config, false);
        this.fields = List.copyOf(values.getList("fields"));
        this.replaceNullWithDefault = values.getBoolean("replace.null.with.default");
    }

    @Override
    public Set<Side> sides() {
        return Set.of(Side.VALUE);
    }

    @Override
    public Set<Side> makes() {
        return Set.of(Side.KEY);
    }

    @Override
    public void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after) {
        Content value = draft.content(Side.VALUE);
        Map<String, Expression> columns = new LinkedHashMap<>();
        for (String name : fields) {
            Field field = value.field(name);
            columns.put(name, value.read(field, replaceNullWithDefault).asField(field.schema()));
        }
        Content key = draft.content(Side.KEY);
        if (key.changed()) {
            draft.drop(key.whole());
        }
        draft.content(Side.KEY, Content.struct(after.keySchema(), columns));
    }
}
