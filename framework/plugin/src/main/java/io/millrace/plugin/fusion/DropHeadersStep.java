package io.millrace.plugin.fusion;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.transforms.DropHeaders;

/** All headers of some names gone. */
final class DropHeadersStep implements FusedStep {
    private final List<String> names;

    DropHeadersStep(Map<String, String> config) {
        this.names = List.copyOf(new AbstractConfig(DropHeaders.CONFIG_DEF, config, false).getList("headers"));
    }

    @Override
    public Set<Side> sides() {
        return Set.of();
    }

    @Override
    public void apply(Draft draft, ConnectRecord<?> before, ConnectRecord<?> after) {
        draft.headers(headers -> names.forEach(headers::remove));
    }
}
