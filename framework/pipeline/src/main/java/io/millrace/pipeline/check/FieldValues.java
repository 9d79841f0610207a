package io.millrace.pipeline.check;

import io.millrace.pipeline.yaml.Diagnostics;
import io.millrace.pipeline.yaml.Place;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Holds the values of a section against the ConfigDef of its type. Never tells what a reference or a password field stands for. */
final class FieldValues {
    private FieldValues() {}

    /**
     * Checks values.
     *
     * @param values field to resolved text; a field that is written and not resolved yet is absent
     * @return the values that are right
     */
    static Map<String, String> check(
            ConfigDef definition, CheckedSection section, Map<String, String> values, Diagnostics diagnostics) {
        Map<String, String> right = new LinkedHashMap<>();
        for (SectionField field : section.fields()) {
            ConfigDef.ConfigKey key = definition.configKeys().get(field.name());
            String value = values.get(field.name());
            if (key != null && value != null && fits(key, field, value, diagnostics)) {
                right.put(field.name(), value);
            }
        }
        for (ConfigDef.ConfigKey key : definition.configKeys().values()) {
            boolean written =
                    section.fields().stream().anyMatch(field -> field.name().equals(key.name));
            if (!written && !key.hasDefault()) {
                missing(key, section.model().place(), section.model().typeText(), diagnostics);
            }
        }
        return right;
    }

    private static boolean fits(ConfigDef.ConfigKey key, SectionField field, String value, Diagnostics diagnostics) {
        Object parsed;
        try {
            parsed = ConfigDef.parseType(key.name, value, key.type);
        } catch (ConfigException e) {
            wrong(key, field, "", "Write " + form(key.type) + ".", diagnostics);
            return false;
        }
        try {
            if (key.validator != null) {
                key.validator.ensureValid(key.name, parsed);
            }
            return true;
        } catch (ConfigException e) {
            wrong(key, field, reason(key, field, value, e), "", diagnostics);
            return false;
        }
    }

    /** What the validator says, without the value, which ConfigException puts in front. */
    private static String reason(ConfigDef.ConfigKey key, SectionField field, String value, ConfigException e) {
        String message = Optional.ofNullable(e.getMessage()).orElse("");
        String marker = " for configuration " + key.name;
        int end = message.indexOf(marker);
        String reason = end < 0 ? message : message.substring(end + marker.length());
        reason = reason.startsWith(": ") ? reason.substring(2) : reason;
        boolean secret =
                key.type == ConfigDef.Type.PASSWORD || !field.references().isEmpty();
        return reason.isEmpty() || (secret && !value.isEmpty() && reason.contains(value)) ? "" : ": " + reason;
    }

    private static void wrong(
            ConfigDef.ConfigKey key, SectionField field, String reason, String remedy, Diagnostics diagnostics) {
        String shown = key.type == ConfigDef.Type.PASSWORD && field.references().isEmpty()
                ? "[hidden]"
                : "'" + field.written() + "'";
        String sentence = shown + " is no value for '" + key.name + "'" + reason;
        diagnostics.error(
                "pipeline.bad-value", field.place(), sentence.endsWith(".") ? sentence : sentence + ".", remedy);
    }

    private static void missing(ConfigDef.ConfigKey key, Place place, String type, Diagnostics diagnostics) {
        String documentation = Optional.ofNullable(key.documentation).orElse("").trim();
        diagnostics.error(
                "pipeline.missing-field",
                place,
                "'" + key.name + "' is missing: type '" + type + "' needs it.",
                documentation.isEmpty() || documentation.endsWith(".") ? documentation : documentation + ".");
    }

    private static String form(ConfigDef.Type type) {
        return switch (type) {
            case INT, LONG, SHORT -> "a whole number";
            case DOUBLE -> "a number";
            case BOOLEAN -> "true or false";
            case LIST -> "a list";
            case CLASS -> "the name of a class";
            case STRING, PASSWORD -> "a text";
        };
    }
}
