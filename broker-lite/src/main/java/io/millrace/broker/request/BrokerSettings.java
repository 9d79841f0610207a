package io.millrace.broker.request;

import io.millrace.broker.metadata.Metadata;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.DynamicBrokerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's properties with what an administrator changed at run time (KIP-226): those of this broker before those of the whole cluster
 * before the ones it was started with. Thread-safe.
 */
public final class BrokerSettings {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerSettings.class);

    private final Metadata metadata;
    private final Function<Map<String, String>, AbstractKafkaConfig> parser;
    private final AbstractKafkaConfig fixed;
    private final Map<String, String> properties;
    private final Map<String, String> defaults;
    private volatile @Nullable Known known;

    private record Known(Map<String, String> own, Map<String, String> common, AbstractKafkaConfig config) {}

    /** @param parser makes properties of what a server.properties says */
    public BrokerSettings(
            Metadata metadata, AbstractKafkaConfig fixed, Function<Map<String, String>, AbstractKafkaConfig> parser) {
        this.metadata = metadata;
        this.parser = parser;
        this.fixed = fixed;
        this.properties = ConfigDef.convertToStringMapWithPasswordValues(fixed.originals());
        this.defaults = ConfigDef.convertToStringMapWithPasswordValues(AbstractKafkaConfig.CONFIG_DEF.defaultValues());
    }

    /** What was changed for this broker. */
    Map<String, String> own() {
        return changed(Integer.toString(metadata.identity().nodeId()));
    }

    /** What was changed for all brokers. */
    Map<String, String> common() {
        return changed("");
    }

    /** What the broker was started with. */
    Map<String, String> properties() {
        return properties;
    }

    Map<String, String> defaults() {
        return defaults;
    }

    private Map<String, String> changed(String broker) {
        Map<String, String> changed = new HashMap<>();
        Properties kept =
                metadata.image().configs().configProperties(new ConfigResource(ConfigResource.Type.BROKER, broker));
        kept.stringPropertyNames().forEach(name -> changed.put(name, kept.getProperty(name)));
        return changed;
    }

    /** The properties that the broker was started with. */
    public AbstractKafkaConfig started() {
        return fixed;
    }

    /** The properties as they are now. */
    public AbstractKafkaConfig current() {
        Map<String, String> own = own();
        Map<String, String> common = common();
        if (own.isEmpty() && common.isEmpty()) {
            return fixed;
        }
        Known now = known;
        if (now == null || !now.own().equals(own) || !now.common().equals(common)) {
            now = new Known(own, common, parsed(own, common));
            known = now;
        }
        return now.config();
    }

    private AbstractKafkaConfig parsed(Map<String, String> own, Map<String, String> common) {
        try {
            return parser.apply(merged(own, common));
        } catch (ConfigException e) {
            LOG.atError().setCause(e).log("Changed properties of the broker cannot be understood and are left out");
            return fixed;
        }
    }

    private Map<String, String> merged(Map<String, String> own, Map<String, String> common) {
        Map<String, String> merged = new HashMap<>(properties);
        override(merged, common);
        override(merged, own);
        return merged;
    }

    /** A value takes the place of its synonyms too: one in hours must not lose against an older one in milliseconds. */
    private static void override(Map<String, String> merged, Map<String, String> with) {
        with.forEach((name, value) -> {
            DynamicBrokerConfig.brokerConfigSynonyms(name, false).forEach(merged::remove);
            merged.put(name, value);
        });
    }

    /**
     * Looks whether properties could be changed to these.
     *
     * @param ofThisBroker false if of all
     * @throws ConfigException if one cannot be changed at run time, or its value is not possible
     */
    void validate(Properties changed, boolean ofThisBroker) {
        Properties resolved = DynamicBrokerConfig.resolveVariableConfigs(changed);
        DynamicBrokerConfig.validateConfigs(resolved, ofThisBroker);
        Map<String, String> values = new HashMap<>();
        resolved.forEach((name, value) -> values.put(name.toString(), value.toString()));
        AbstractKafkaConfig next = parser.apply(ofThisBroker ? merged(values, common()) : merged(own(), values));
        LOG.atDebug()
                .addKeyValue("properties", next.originals().size())
                .log("Changed properties of the broker are possible");
    }
}
