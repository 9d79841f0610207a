package io.millrace.layers.parse;

import io.millrace.expression.type.ConnectTypes;
import io.millrace.expression.type.RowType;
import io.millrace.expression.type.ScalarType;
import io.millrace.pipeline.step.Parse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * {@code key=value} in turn, values in double quotes where they hold spaces. A key without {@code =} is the text {@code true}. Declared
 * fields come first and are there in every row; others are strings.
 */
final class LogfmtRows implements RowParser {
    private static final int REMEMBERED = 1000;
    private static final int MOST_KEYS = 1000;

    private final RowType declared;
    private final Map<Set<String>, RowBuilder> builders = new LinkedHashMap<>();

    LogfmtRows(Parse declaration) {
        this.declared = new RowType(declaration.row().fields(), false);
        // Fails now for a type that has no schema, not at the first record.
        ConnectTypes.schema(declared, true);
    }

    @Override
    public Struct parse(String text, long arrival) {
        Map<String, Object> pairs = pairs(text);
        if (pairs.isEmpty()) {
            throw new ParseFault("the text has no key");
        }
        if (builders.size() >= REMEMBERED) {
            builders.clear();
        }
        Set<String> names = new LinkedHashSet<>(declared.names());
        names.addAll(pairs.keySet());
        // Sets are equal in any order: the order of the first text of these keys stands for all.
        RowBuilder rows = builders.computeIfAbsent(names, this::builder);
        List<String> order = rows.names();
        @Nullable Object[] values = new Object[order.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = pairs.get(order.get(i));
        }
        return rows.row(values);
    }

    private RowBuilder builder(Set<String> names) {
        List<RowType.Field> fields = new ArrayList<>();
        for (String name : names) {
            fields.add(declared.field(name).orElse(new RowType.Field(name, ScalarType.STRING, false)));
        }
        return new RowBuilder(new RowType(fields, false));
    }

    private static Map<String, Object> pairs(String text) {
        Map<String, Object> pairs = new LinkedHashMap<>();
        TextCursor cursor = new TextCursor(text);
        while (true) {
            while (cursor.startsWith(' ') || cursor.startsWith('\t')) {
                cursor.moveTo(cursor.at() + 1);
            }
            if (cursor.atEnd()) {
                return pairs;
            }
            pair(text, cursor, pairs);
            if (pairs.size() > MOST_KEYS) {
                throw ParseFault.at(cursor.at(), "there are more than " + MOST_KEYS + " keys");
            }
        }
    }

    private static void pair(String text, TextCursor cursor, Map<String, Object> pairs) {
        int start = cursor.at();
        int end = start;
        while (end < text.length() && isOfKey(text.charAt(end))) {
            end++;
        }
        if (end == start) {
            throw ParseFault.at(start, "a key is missing");
        }
        String key = text.substring(start, end);
        cursor.moveTo(end);
        String value = "true";
        if (cursor.startsWith('=')) {
            cursor.moveTo(end + 1);
            value = cursor.startsWith('"') ? cursor.quoted("a value", "\"\\nrt", "\"\\\n\r\t") : plain(text, cursor);
        }
        if (!cursor.atEnd() && !cursor.startsWith(' ') && !cursor.startsWith('\t')) {
            throw ParseFault.at(cursor.at(), "a space is missing after a value");
        }
        if (pairs.put(key, value) != null) {
            throw ParseFault.at(start, "a key is there twice");
        }
    }

    private static String plain(String text, TextCursor cursor) {
        int start = cursor.at();
        int end = start;
        while (end < text.length() && text.charAt(end) > ' ' && text.charAt(end) != '"') {
            end++;
        }
        cursor.moveTo(end);
        return text.substring(start, end);
    }

    private static boolean isOfKey(char c) {
        return c > ' ' && c != '=' && c != '"';
    }
}
