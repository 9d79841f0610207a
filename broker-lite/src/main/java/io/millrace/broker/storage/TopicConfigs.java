package io.millrace.broker.storage;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.storage.internals.log.LogConfig;

/** What each topic is configured with. Topics with the same settings share one object, since it is large. */
final class TopicConfigs {
    /** Above it the sharing starts anew, so that settings nobody has any more are not kept. */
    private static final int MAX_SHARED = 256;

    private final Map<String, Properties> overrides = new ConcurrentHashMap<>();
    private final Map<String, LogConfig> configs = new ConcurrentHashMap<>();
    private final Map<Properties, LogConfig> shared = new ConcurrentHashMap<>();
    private volatile LogConfig defaults;

    TopicConfigs(LogConfig defaults) {
        this.defaults = defaults;
    }

    LogConfig of(String topic) {
        LogConfig config = configs.get(topic);
        return config == null ? defaults : config;
    }

    LogConfig defaults() {
        return defaults;
    }

    void set(String topic, Properties settings) {
        if (settings.isEmpty()) {
            remove(topic);
            return;
        }
        overrides.put(topic, settings);
        configs.put(topic, share(settings));
    }

    private LogConfig share(Properties settings) {
        if (shared.size() > MAX_SHARED) {
            shared.clear();
        }
        return shared.computeIfAbsent(settings, s -> LogConfig.fromProps(defaults.originals(), s));
    }

    void remove(String topic) {
        overrides.remove(topic);
        configs.remove(topic);
    }

    void setDefaults(LogConfig newDefaults) {
        defaults = newDefaults;
        shared.clear();
        overrides.forEach((topic, settings) -> configs.put(topic, share(settings)));
    }
}
