package io.millrace.broker.server;

import io.millrace.foundation.config.PropertiesFile;
import io.millrace.foundation.error.Problems;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/** Checks each property by itself: is there such a one, and is that a value for it. */
final class PropertiesCheck {
    private static final Pattern OF_LISTENER = Pattern.compile("listener\\.name\\.[^.]+\\.(.+)");
    /** How Kafka begins what it says of a value; we say it in our own order. */
    private static final Pattern PREFIX = Pattern.compile("Invalid value .* for configuration [^:]*(?:: )?");

    private final PropertiesFile written;
    private final Problems problems;

    PropertiesCheck(PropertiesFile written, Problems problems) {
        this.written = written;
        this.problems = problems;
    }

    /** The values with references to config providers replaced, without those that are wrong. */
    Map<String, String> usable(Map<String, String> defaults) {
        Map<String, String> all = new HashMap<>(defaults);
        all.putAll(resolved());
        written.values().keySet().stream().sorted().forEach(this::name);
        Set<String> wrong = new HashSet<>();
        for (ConfigValue value : KnownProperties.DEFINITION.validate(BrokerProperties.completed(all))) {
            if (!value.errorMessages().isEmpty()) {
                wrong.add(value.name());
                ConfigDef.ConfigKey definition = Objects.requireNonNull(
                        KnownProperties.DEFINITION.configKeys().get(value.name()));
                String text = all.getOrDefault(value.name(), "");
                badValue(
                        value.name(),
                        definition.type,
                        text,
                        value.errorMessages().get(0));
            }
        }
        all.forEach((key, value) -> {
            if (!ofListener(key, value)) {
                wrong.add(key);
            }
        });
        wrong.forEach(all::remove);
        return all;
    }

    private Map<String, String> resolved() {
        try {
            Map<String, String> values = new HashMap<>();
            new AbstractConfig(new ConfigDef(), written.values(), Map.of(), false)
                    .originals()
                    .forEach((key, value) -> values.put(key, String.valueOf(value)));
            return values;
        } catch (RuntimeException e) {
            problems.error(
                    "broker.config-provider",
                    written.place("config.providers"),
                    "A value could not be fetched from its config provider: " + e.getMessage() + ".",
                    "Check config.providers and the references like ${file:/path:key}.");
            return written.values();
        }
    }

    private void name(String key) {
        if (!KnownProperties.knows(key)) {
            problems.warning(
                    "broker.unknown-property",
                    written.place(key),
                    "'" + key + "' is no property of the broker and changes nothing.",
                    KnownProperties.hint(key) + "Correct or remove it.");
        }
    }

    /** Whether a property of one listener has a value of its type. */
    private boolean ofListener(String key, String value) {
        Matcher matcher = OF_LISTENER.matcher(key);
        ConfigDef.@Nullable ConfigKey definition =
                matcher.matches() ? KnownProperties.DEFINITION.configKeys().get(matcher.group(1)) : null;
        if (definition == null) {
            return true;
        }
        try {
            Object parsed = ConfigDef.parseType(definition.name, value, definition.type);
            if (definition.validator != null) {
                definition.validator.ensureValid(definition.name, parsed);
            }
            return true;
        } catch (ConfigException e) {
            badValue(key, definition.type, value, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void badValue(String key, ConfigDef.Type type, String value, String message) {
        // Invariant: no secret gets into a message
        String shown = type == ConfigDef.Type.PASSWORD ? "[hidden]" : value;
        String reason =
                type == ConfigDef.Type.PASSWORD ? "" : PREFIX.matcher(message).replaceFirst("");
        problems.error(
                "broker.bad-value",
                written.place(key),
                "'" + shown + "' is no value for '" + key + "'" + (reason.isEmpty() ? "." : ": " + reason + "."),
                "Write a value of type " + type.name().toLowerCase(Locale.ROOT)
                        + ", or remove the line to have Kafka's default.");
    }
}
