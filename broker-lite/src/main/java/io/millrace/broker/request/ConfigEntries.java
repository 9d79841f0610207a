package io.millrace.broker.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.DynamicBrokerConfig;
import org.apache.kafka.server.config.DynamicConfig;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.server.metrics.ClientMetricsConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.jspecify.annotations.Nullable;

/** Describes single settings: their value, where it comes from, and what it would be otherwise. Secrets are left out. */
final class ConfigEntries {
    private final BrokerSettings settings;
    private final boolean synonyms;
    private final boolean documentation;

    ConfigEntries(BrokerSettings settings, boolean synonyms, boolean documentation) {
        this.settings = settings;
        this.synonyms = synonyms;
        this.documentation = documentation;
    }

    DescribeConfigsResourceResult topic(LogConfig config, Properties kept, String name, Object value) {
        Optional<ConfigDef.Type> type = LogConfig.configType(name);
        boolean secret = secret(type);
        List<DescribeConfigsSynonym> all = new ArrayList<>();
        if (kept.containsKey(name)) {
            all.add(synonym(name, text(value, type, secret), ConfigSource.TOPIC_CONFIG));
        }
        String brokerName = ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.get(name);
        if (brokerName != null) {
            all.addAll(brokerValues(brokerName, secret));
        }
        return entry(name, text(value, type, secret), type, all, false, secret, config);
    }

    DescribeConfigsResourceResult group(GroupConfig config, Properties kept, String name, Object value) {
        Optional<ConfigDef.Type> type = GroupConfig.configType(name);
        boolean secret = secret(type);
        List<DescribeConfigsSynonym> all = new ArrayList<>();
        if (kept.containsKey(name)) {
            all.add(synonym(name, text(value, type, secret), ConfigSource.GROUP_CONFIG));
        }
        Object fallback = GroupConfig.CONFIG_DEF.defaultValues().get(name);
        Optional<String> brokerName = GroupConfig.brokerSynonym(name);
        if (brokerName.isPresent()) {
            all.addAll(brokerValues(brokerName.get(), secret));
        } else if (fallback != null) {
            all.add(synonym(name, text(fallback, type, secret), ConfigSource.DEFAULT_CONFIG));
        }
        return entry(name, text(value, type, secret), type, all, false, secret, config);
    }

    DescribeConfigsResourceResult metrics(ClientMetricsConfigs config, Properties kept, String name, Object value) {
        Optional<ConfigDef.Type> type = ClientMetricsConfigs.configType(name);
        String text = text(value, type, false);
        List<DescribeConfigsSynonym> all =
                kept.containsKey(name) ? List.of(synonym(name, text, ConfigSource.CLIENT_METRICS_CONFIG)) : List.of();
        return entry(name, text, type, all, false, false, config);
    }

    /** @param ofThisBroker false to tell only what was changed for all brokers */
    DescribeConfigsResourceResult broker(boolean ofThisBroker, String name, Object value) {
        Optional<ConfigDef.Type> type = brokerType(name);
        boolean secret = secret(type);
        List<DescribeConfigsSynonym> all = brokerValues(name, secret).stream()
                .filter(s -> ofThisBroker || s.source() == ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG.id())
                .toList();
        String text = !secret && value instanceof String string ? string : text(value, type, secret);
        boolean readOnly = !DynamicBrokerConfig.ALL_DYNAMIC_CONFIGS.contains(name);
        return entry(name, text, type, all, readOnly, secret, settings.current());
    }

    private DescribeConfigsResourceResult entry(
            String name,
            @Nullable String value,
            Optional<ConfigDef.Type> type,
            List<DescribeConfigsSynonym> all,
            boolean readOnly,
            boolean secret,
            AbstractConfig config) {
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(value)
                .setConfigSource(
                        all.isEmpty()
                                ? ConfigSource.DEFAULT_CONFIG.id()
                                : all.get(0).source())
                .setIsSensitive(secret)
                .setReadOnly(readOnly)
                .setSynonyms(synonyms ? all : List.of())
                .setDocumentation(documentation ? config.documentationOf(name) : null)
                .setConfigType(
                        type.map(ConfigEntries::told).orElse(ConfigType.UNKNOWN).id());
    }

    /** The values that a broker property has on each level, the one that counts first. */
    private List<DescribeConfigsSynonym> brokerValues(String name, boolean secret) {
        List<String> names = DynamicBrokerConfig.brokerConfigSynonyms(name, true);
        List<DescribeConfigsSynonym> all = new ArrayList<>();
        add(all, names, settings.own(), ConfigSource.DYNAMIC_BROKER_CONFIG, secret);
        add(all, names, settings.common(), ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG, secret);
        add(all, names, settings.properties(), ConfigSource.STATIC_BROKER_CONFIG, secret);
        add(all, names, settings.defaults(), ConfigSource.DEFAULT_CONFIG, secret);
        // a listener's own value says nothing of the property without a listener
        return all.stream().dropWhile(s -> !s.name().equals(name)).toList();
    }

    private static void add(
            List<DescribeConfigsSynonym> all,
            List<String> names,
            Map<String, String> values,
            ConfigSource source,
            boolean secret) {
        for (String name : names) {
            String value = values.get(name);
            if (value != null) {
                all.add(synonym(name, secret ? null : value, source));
            }
        }
    }

    private static DescribeConfigsSynonym synonym(String name, @Nullable String value, ConfigSource source) {
        return new DescribeConfigsSynonym().setName(name).setValue(value).setSource(source.id());
    }

    private static @Nullable String text(Object value, Optional<ConfigDef.Type> type, boolean secret) {
        return secret ? null : ConfigDef.convertToString(value, type.orElse(null));
    }

    /** What has no type is not known to be harmless. */
    private static boolean secret(Optional<ConfigDef.Type> type) {
        return type.isEmpty() || type.get() == ConfigDef.Type.PASSWORD;
    }

    private static Optional<ConfigDef.Type> brokerType(String name) {
        ConfigKey changeable = DynamicConfig.Broker.configKeys().get(name);
        if (fixedType(name).isEmpty() && changeable != null) {
            return Optional.of(changeable.type);
        }
        return fixedType(name).or(() -> DynamicBrokerConfig.brokerConfigSynonyms(name, true).stream()
                .flatMap(synonym -> fixedType(synonym).stream())
                .findFirst());
    }

    private static Optional<ConfigDef.Type> fixedType(String name) {
        return Optional.ofNullable(AbstractKafkaConfig.CONFIG_DEF.configKeys().get(name))
                .map(key -> key.type);
    }

    private static ConfigType told(ConfigDef.Type type) {
        return switch (type) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case STRING -> ConfigType.STRING;
            case INT -> ConfigType.INT;
            case SHORT -> ConfigType.SHORT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case LIST -> ConfigType.LIST;
            case CLASS -> ConfigType.CLASS;
            case PASSWORD -> ConfigType.PASSWORD;
        };
    }
}
