package io.millrace.connectors.common;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * A setting of a connector, declared once: in a pipeline it has its {@link #field}, in a Connect configuration its {@link #key}.
 *
 * @param prefix of its Connect name, with its dot: {@code s3.}
 * @param field its name in a pipeline's YAML
 * @param fallback its default; null for none, {@link ConfigDef#NO_DEFAULT_VALUE} where it must be given
 * @param doc what it does, one or more sentences
 * @param check what is wrong with its text
 */
public record Setting(
        String prefix,
        String field,
        ConfigDef.Type type,
        @Nullable Object fallback,
        ConfigDef.Importance importance,
        String doc,
        Function<String, Optional<Trouble>> check) {

    /** Its name in a Connect configuration. */
    public String key() {
        return prefix + field.replace('_', '.');
    }

    private ConfigDef.Validator validator() {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    String text = value instanceof List<?> list ? String.join(",", strings(list)) : text(value);
                    if (text != null) {
                        check.apply(text).ifPresent(trouble -> {
                            throw new ConfigException(name + ": " + trouble.text());
                        });
                    }
                },
                () -> "");
    }

    private static List<String> strings(List<?> list) {
        return list.stream().map(String::valueOf).toList();
    }

    private static @Nullable String text(@Nullable Object value) {
        if (value instanceof Password password) {
            return password.value();
        }
        return value == null ? null : value.toString();
    }

    /** Puts it into a definition by its YAML name; what its text must look like is left to {@link #check}. */
    public void defineField(ConfigDef fields) {
        fields.define(field, type, fallback, importance, doc);
    }

    /** Puts it into a definition by its Connect name, fully checked. */
    public void define(ConfigDef config) {
        config.define(key(), type, fallback, validator(), importance, doc);
    }

    /** A check that nothing fails. */
    public static Optional<Trouble> anything(String text) {
        return Optional.empty();
    }

    /** What is wrong with the text of a {@code LONG} that must be above zero. */
    public static Optional<Trouble> countTrouble(String text) {
        return text.matches("[0-9]{1,18}") && Long.parseLong(text) > 0
                ? Optional.empty()
                : Optional.of(new Trouble("'" + text + "' is not a count.", "Write a whole number above zero."));
    }

    /** What is wrong with the text of an {@code INT} that must be above zero. */
    public static Optional<Trouble> intCountTrouble(String text) {
        return text.matches("[0-9]{1,9}") && Integer.parseInt(text) > 0
                ? Optional.empty()
                : Optional.of(new Trouble(
                        "'" + text + "' is not a count.", "Write a whole number above zero, at most 999999999."));
    }
}
