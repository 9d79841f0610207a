package io.millrace.connectors.iothttp;

import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * A setting. In a pipeline it has its {@link #field}, in a Connect configuration its {@link #key}.
 *
 * @param fallback its default; null for none, {@link ConfigDef#NO_DEFAULT_VALUE} where it must be given
 * @param doc what it does, one or more sentences
 * @param check what is wrong with its text
 */
record Setting(
        String field,
        String key,
        ConfigDef.Type type,
        @Nullable Object fallback,
        ConfigDef.Importance importance,
        String doc,
        Function<String, Optional<Trouble>> check) {

    /** As a field of a pipeline; its text is left to {@link #check}. */
    void defineField(ConfigDef fields) {
        fields.define(field, type, fallback, importance, doc);
    }

    /** As a key of a Connect configuration, fully checked. */
    void defineKey(ConfigDef config) {
        config.define(key, type, fallback, validator(), importance, doc);
    }

    private ConfigDef.Validator validator() {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    if (value != null) {
                        String text = value instanceof Password password ? password.value() : value.toString();
                        check.apply(text).ifPresent(trouble -> {
                            throw new ConfigException(name + ": " + trouble.text());
                        });
                    }
                },
                () -> "");
    }
}
