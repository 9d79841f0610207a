package io.millrace.transforms.record;

import io.millrace.transforms.path.FieldPath;
import io.millrace.transforms.path.LeafRewriter.Missing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** Settings of one transform, read. */
public final class Options {
    /** What to do where a record has no such field. */
    public static final String MISSING = "missing";

    private final AbstractConfig config;

    public Options(ConfigDef definition, Map<String, ?> settings) {
        this.config = new AbstractConfig(definition, settings, false);
    }

    /** Adds the setting {@link #MISSING}. */
    public static ConfigDef withMissing(ConfigDef definition, Missing fallback) {
        return definition.define(
                MISSING,
                ConfigDef.Type.STRING,
                fallback.name().toLowerCase(Locale.ROOT),
                ConfigDef.ValidString.in("ignore", "fail"),
                ConfigDef.Importance.LOW,
                "What to do with a record that has no such field: ignore leaves it as it is, fail makes it fail.");
    }

    public Missing missing() {
        return Missing.valueOf(text(MISSING).toUpperCase(Locale.ROOT));
    }

    public String text(String name) {
        return config.getString(name);
    }

    public boolean flag(String name) {
        return config.getBoolean(name);
    }

    public int count(String name) {
        return config.getInt(name);
    }

    public long number(String name) {
        return config.getLong(name);
    }

    /** Null where it is not set. */
    public @Nullable Password secret(String name) {
        return config.getPassword(name);
    }

    public List<String> texts(String name) {
        return config.getList(name);
    }

    /** A path that leads through no list. */
    public FieldPath path(String name) {
        return path(name, text(name), false);
    }

    /**
     * A path out of a setting.
     *
     * @throws ConfigException where it is none, or leads through a list
     */
    public static FieldPath path(String name, String text) {
        return path(name, text, false);
    }

    /**
     * A list of paths.
     *
     * @param many whether a path may go through the elements of a list
     */
    public List<FieldPath> paths(String name, boolean many) {
        return texts(name).stream().map(text -> path(name, text, many)).toList();
    }

    /** A list of {@code from:to}, both paths. */
    public Map<FieldPath, FieldPath> pairs(String name) {
        Map<FieldPath, FieldPath> pairs = new LinkedHashMap<>();
        for (Map.Entry<String, String> pair : named(name).entrySet()) {
            pairs.put(path(name, pair.getKey(), false), path(name, pair.getValue(), false));
        }
        return pairs;
    }

    /** A list of {@code path:text}; the text is what follows the last colon. */
    public Map<FieldPath, String> pathTexts(String name, boolean many) {
        Map<FieldPath, String> texts = new LinkedHashMap<>();
        named(name).forEach((path, text) -> texts.put(path(name, path, many), text));
        return texts;
    }

    private Map<String, String> named(String name) {
        Map<String, String> named = new LinkedHashMap<>();
        for (String item : whole(texts(name))) {
            int colon = item.lastIndexOf(':');
            if (colon <= 0 || colon == item.length() - 1) {
                throw new ConfigException(name, item, "write each as field:what");
            }
            String left = item.substring(0, colon).strip();
            if (named.put(left, item.substring(colon + 1).strip()) != null) {
                throw new ConfigException(name, item, "'" + left + "' is named twice");
            }
        }
        return named;
    }

    /** Connect cuts a list at every comma; one within brackets, as in {@code decimal(10,2)}, belongs to its item. */
    private static List<String> whole(List<String> pieces) {
        List<String> items = new ArrayList<>();
        StringBuilder item = new StringBuilder();
        for (String piece : pieces) {
            item.append(item.isEmpty() ? "" : ",").append(piece);
            if (item.chars().filter(c -> c == '(').count()
                    <= item.chars().filter(c -> c == ')').count()) {
                items.add(item.toString());
                item.setLength(0);
            }
        }
        if (!item.isEmpty()) {
            items.add(item.toString());
        }
        return items;
    }

    private static FieldPath path(String name, String text, boolean many) {
        FieldPath path;
        try {
            path = FieldPath.parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, text, e.getMessage());
        }
        if (path.isMany() && !many) {
            throw new ConfigException(name, text, "fields of a list's elements cannot be named here");
        }
        return path;
    }
}
