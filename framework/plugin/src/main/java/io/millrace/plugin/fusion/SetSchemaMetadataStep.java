package io.millrace.plugin.fusion;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.SetSchemaMetadata;

/** Another name or version for the schema. Apache's class makes a new schema for every record; a plan keeps the first. */
final class SetSchemaMetadataStep implements FusedStep {
    private final Side side;
    private final boolean replaceNullWithDefault;

    SetSchemaMetadataStep(Side side, Map<String, String> config) {
        this.side = side;
        this.replaceNullWithDefault =
                new AbstractConfig(SetSchemaMetadata.CONFIG_DEF, config, false).getBoolean("replace.null.with.default");
    }

    @Override
    public Set<Side> sides() {
        return Set.of(side);
    }

    @Override
    public void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after) {
        Content in = draft.content(side);
        draft.content(side, Content.struct(side.schema(after), in.copies(replaceNullWithDefault)));
    }
}
