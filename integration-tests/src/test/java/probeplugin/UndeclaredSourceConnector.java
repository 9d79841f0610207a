package probeplugin;

import org.apache.kafka.common.config.ConfigDef;

/** A source that declares no configuration, which Connect does not allow. */
public final class UndeclaredSourceConnector extends TracedSource {
    @Override
    public ConfigDef config() {
        return null;
    }
}
