package io.millrace.broker.server;

import io.millrace.broker.metadata.ConfigValidator;
import io.millrace.broker.metadata.MetadataListener;
import io.millrace.broker.request.BrokerSettings;
import io.millrace.broker.storage.LogStore;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Lets topics that say nothing themselves follow the broker's properties when an administrator changes these. */
final class LogDefaults implements MetadataListener {
    private final BrokerSettings settings;
    private final LogStore logs;
    private Map<String, Object> known;

    LogDefaults(BrokerSettings settings, LogStore logs) {
        this.settings = settings;
        this.logs = logs;
        this.known = ConfigValidator.logDefaults(settings.started());
    }

    @Override
    public void onMetadata(MetadataDelta delta, MetadataImage image) {
        if (delta.configsDelta() == null
                || delta.configsDelta().changes().keySet().stream()
                        .noneMatch(resource -> resource.type() == ConfigResource.Type.BROKER)) {
            return;
        }
        Map<String, Object> now = ConfigValidator.logDefaults(settings.current());
        if (!now.equals(known)) {
            known = now;
            logs.setDefaults(new LogConfig(now));
        }
    }
}
