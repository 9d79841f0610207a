package io.millrace.expression.type;

import io.millrace.foundation.config.DidYouMean;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads types as users write them. */
public final class DataTypes {
    private static final Map<String, DataType> NAMES = Map.ofEntries(
            Map.entry("string", ScalarType.STRING),
            Map.entry("int", ScalarType.INT32),
            Map.entry("int32", ScalarType.INT32),
            Map.entry("long", ScalarType.INT64),
            Map.entry("int64", ScalarType.INT64),
            Map.entry("float", ScalarType.FLOAT),
            Map.entry("double", ScalarType.DOUBLE),
            Map.entry("bool", ScalarType.BOOL),
            Map.entry("boolean", ScalarType.BOOL),
            Map.entry("timestamp", ScalarType.TIMESTAMP),
            Map.entry("date", ScalarType.DATE),
            Map.entry("bytes", ScalarType.BYTES));

    private static final List<String> KNOWN = List.of(
            "string",
            "int",
            "int32",
            "long",
            "int64",
            "float",
            "double",
            "bool",
            "boolean",
            "decimal(p,s)",
            "timestamp",
            "date",
            "bytes",
            "list<T>",
            "map<T>");

    private static final List<String> WORDS =
            KNOWN.stream().map(name -> name.replaceAll("[(<].*", "")).toList();

    private static final Pattern DECIMAL = Pattern.compile("decimal\\(\\s*(\\d{1,3})\\s*,\\s*(\\d{1,3})\\s*\\)");

    private static final Pattern COLLECTION = Pattern.compile("(list|map)\\s*<(.*)>");

    private DataTypes() {}

    /**
     * The type a text names; white space around it and inside brackets is allowed.
     *
     * @throws IllegalArgumentException with a message for the user: the text, the name probably meant, the list of types
     */
    public static DataType parse(String text) {
        return tryParse(text.strip()).orElseThrow(() -> new IllegalArgumentException(describe(text.strip())));
    }

    private static Optional<DataType> tryParse(String text) {
        DataType named = NAMES.get(text);
        if (named != null) {
            return Optional.of(named);
        }
        Matcher decimal = DECIMAL.matcher(text);
        if (decimal.matches()) {
            // Out of range: the record's own message tells the range.
            return Optional.of(new DecimalType(Integer.parseInt(decimal.group(1)), Integer.parseInt(decimal.group(2))));
        }
        Matcher collection = COLLECTION.matcher(text);
        if (collection.matches()) {
            DataType element = parse(collection.group(2));
            return Optional.of("list".equals(collection.group(1)) ? new ListType(element) : new MapType(element));
        }
        return Optional.empty();
    }

    private static String describe(String text) {
        String word = text.replaceAll("[(<].*", "").strip();
        String hint = DidYouMean.nearest(word, WORDS)
                .map(name -> "Did you mean '" + KNOWN.get(WORDS.indexOf(name)) + "'? ")
                .orElse("");
        return "'" + text + "' is not a type. " + hint + "Types: " + String.join(", ", KNOWN) + ".";
    }
}
