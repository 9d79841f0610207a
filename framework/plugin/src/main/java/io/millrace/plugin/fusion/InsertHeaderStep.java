package io.millrace.plugin.fusion;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Values;
import org.apache.kafka.connect.transforms.InsertHeader;

/** One more header, the same for all records. */
final class InsertHeaderStep implements FusedStep {
    private final String name;
    private final SchemaAndValue value;

    InsertHeaderStep(Map<String, String> config) {
        AbstractConfig values = new AbstractConfig(InsertHeader.CONFIG_DEF, config, false);
        this.name = values.getString("header");
        this.value = Values.parseString(values.getString("value.literal"));
    }

    @Override
    public Set<Side> sides() {
        return Set.of();
    }

    @Override
    public void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after) {
        draft.headers(headers -> headers.add(name, value));
    }
}
