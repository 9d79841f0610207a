package io.millrace.plugin.fusion;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.transforms.ExtractField;

/** One field in place of the struct that held it. */
final class ExtractFieldStep implements FusedStep {
    private final Side side;
    private final String name;
    private final boolean replaceNullWithDefault;

    ExtractFieldStep(Side side, Map<String, String> config) {
        AbstractConfig values = new AbstractConfig(ExtractField.CONFIG_DEF, config, false);
        this.side = side;
        this.name = values.getString("field");
        this.replaceNullWithDefault = values.getBoolean("replace.null.with.default");
    }

    /** A path into structs within structs is for Apache's class. */
    static boolean isPlainName(Map<String, String> config) {
        AbstractConfig values = new AbstractConfig(ExtractField.CONFIG_DEF, config, false);
        String name = values.getString("field");
        return values.getString("field.syntax.version").equalsIgnoreCase("V1")
                || (!name.contains(".") && !name.contains("`"));
    }

    @Override
    public Set<Side> sides() {
        return Set.of(side);
    }

    @Override
    public void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after) {
        Content in = draft.content(side);
        Field field = in.field(name);
        for (Field other : in.structSchema().fields()) {
            if (!other.name().equals(name)) {
                draft.drop(in.read(other, false));
            }
        }
        draft.content(side, Content.single(field.schema(), in.read(field, replaceNullWithDefault)));
    }
}
