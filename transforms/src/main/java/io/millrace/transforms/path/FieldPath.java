package io.millrace.transforms.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.jspecify.annotations.Nullable;

/**
 * A place in a record: names joined by dots, {@code customer.address.city}. A dot or a backslash that belongs to a name is written after a
 * backslash. {@code items[].price} is the price of every element of a list; only transforms that change values take such paths.
 *
 * @param steps at least one name; an element of a list is {@link #EACH}
 */
public record FieldPath(List<String> steps) {
    /** The step into every element of a list. */
    public static final String EACH = "[]";

    public FieldPath {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a path has at least one name");
        }
    }

    /**
     * @throws IllegalArgumentException that says what is wrong
     */
    public static FieldPath parse(String text) {
        List<String> steps = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        boolean named = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
                if (i == text.length()) {
                    throw new IllegalArgumentException("path '" + text + "' ends with a backslash");
                }
                name.append(text.charAt(i));
                named = true;
            } else if (c == '.') {
                addName(steps, name, named, text);
                named = false;
            } else if (text.startsWith(EACH, i)) {
                addName(steps, name, named, text);
                steps.add(EACH);
                i++;
                if (i + 1 < text.length() && text.charAt(i + 1) == '.') {
                    i++;
                    if (i + 1 == text.length()) {
                        throw new IllegalArgumentException("path '" + text + "' ends with a dot");
                    }
                }
                named = i + 1 == text.length();
            } else {
                name.append(c);
                named = true;
            }
        }
        if (!name.isEmpty()) {
            steps.add(name.toString());
        } else if (!named) {
            throw new IllegalArgumentException(
                    text.isEmpty() ? "a path is empty" : "path '" + text + "' ends with a dot");
        }
        return new FieldPath(steps);
    }

    private static void addName(List<String> steps, StringBuilder name, boolean named, String text) {
        if (name.isEmpty()) {
            if (named || steps.isEmpty() || !steps.get(steps.size() - 1).equals(EACH)) {
                throw new IllegalArgumentException("path '" + text + "' has an empty name");
            }
            return;
        }
        steps.add(name.toString());
        name.setLength(0);
    }

    /** Whether it goes through elements of lists. */
    public boolean isMany() {
        return steps.contains(EACH);
    }

    /** A place within it. */
    public FieldPath then(String name) {
        List<String> longer = new ArrayList<>(steps);
        longer.add(name);
        return new FieldPath(longer);
    }

    /** The last name. */
    public String last() {
        return steps.get(steps.size() - 1);
    }

    /**
     * What stands there.
     *
     * @param value a struct, a map, or null
     * @return null where the value or a structure above it is null, or where a map has no such key
     * @throws DataException where a struct has no such field, or a step leads into what is no structure
     */
    public @Nullable Object in(@Nullable Object value) {
        Object at = value;
        for (String step : steps) {
            if (at == null) {
                return null;
            }
            if (at instanceof Struct struct) {
                Field field = struct.schema().field(step);
                if (field == null) {
                    throw new DataException("the record has no field '" + this + "'; fields there are "
                            + struct.schema().fields().stream().map(Field::name).toList());
                }
                at = struct.get(field);
            } else if (at instanceof Map<?, ?> map) {
                at = map.get(step);
            } else {
                throw new DataException("'" + this + "' leads into a "
                        + at.getClass().getSimpleName() + ", which has no field '" + step + "'");
            }
        }
        return at;
    }

    /** Whether something stands there, a null too. */
    public boolean isIn(@Nullable Object value) {
        Object at = value;
        for (String step : steps) {
            if (at instanceof Struct struct && struct.schema().field(step) != null) {
                at = struct.get(step);
            } else if (at instanceof Map<?, ?> map && map.containsKey(step)) {
                at = map.get(step);
            } else {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (String step : steps) {
            if (step.equals(EACH)) {
                text.append(EACH);
            } else {
                text.append(text.isEmpty() ? "" : ".")
                        .append(step.replace("\\", "\\\\").replace(".", "\\."));
            }
        }
        return text.toString();
    }
}
