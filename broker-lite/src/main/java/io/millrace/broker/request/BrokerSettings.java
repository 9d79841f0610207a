package io.millrace.broker.request;

import io.millrace.broker.metadata.Metadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern OF_LISTENER = Pattern.compile("listener\\.name\\.[^.]+\\..+");

    private final Metadata metadata;
    private final Function<Map<String, String>, AbstractKafkaConfig> parser;
    private final AbstractKafkaConfig fixed;
    private final Predicate<String> followed;
    private final Map<String, String> properties;
    private final Map<String, String> defaults;
    private volatile @Nullable Known known;

    private record Known(Map<String, String> own, Map<String, String> common, AbstractKafkaConfig config) {}

    /**
     * @param parser makes properties of what a server.properties says
     * @param followed whether a change of a property has its effect while the broker runs
     */
    public BrokerSettings(
            Metadata metadata,
            AbstractKafkaConfig fixed,
            Function<Map<String, String>, AbstractKafkaConfig> parser,
            Predicate<String> followed) {
        this.metadata = metadata;
        this.parser = parser;
        this.fixed = fixed;
        this.followed = followed;
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
        // Invariant: no property is told to be in force that is not
        Map<String, String> kept = ofThisBroker ? own() : common();
        List<String> ignored = values.keySet().stream()
                .filter(name -> !Objects.equals(values.get(name), kept.get(name)))
                .filter(name -> !hasEffect(name, next))
                .sorted()
                .toList();
        if (!ignored.isEmpty()) {
            throw new ConfigException(
                    "This broker cannot take over a change of these configs while it runs; change them in"
                            + " its server.properties and start it anew: " + ignored);
        }
    }

    /** Changed properties that a running broker does not follow, and that are not as it was started. */
    public List<String> ignored() {
        Map<String, String> changed = new HashMap<>(common());
        changed.putAll(own());
        AbstractKafkaConfig now = current();
        return changed.keySet().stream()
                .filter(name -> !hasEffect(name, now))
                .sorted()
                .toList();
    }

    /** Whether a property is in force as {@code next} has it; of those that only plugins know, nobody can say otherwise. */
    private boolean hasEffect(String name, AbstractKafkaConfig next) {
        if (followed.test(name)) {
            return true;
        }
        Map<String, ConfigDef.ConfigKey> known = AbstractKafkaConfig.CONFIG_DEF.configKeys();
        if (known.containsKey(name)) {
            return Objects.equals(next.values().get(name), fixed.values().get(name));
        }
        Matcher listener = OF_LISTENER.matcher(name);
        return !listener.matches()
                || Objects.equals(next.originals().get(name), fixed.originals().get(name));
    }
}
