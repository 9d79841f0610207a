package io.millrace.plugin.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Structs of one schema. Fields are expected in the schema's order; where they come in another, they are looked up. */
final class StructReader implements ValueReader {
    private final Schema schema;
    private final Column[] columns;
    private final Map<String, Integer> places = new HashMap<>();

    /** @param absent the value where the message has none */
    record Column(Field field, SerializedString name, ValueReader reader, Supplier<@Nullable Object> absent) {}

    StructReader(Schema schema, List<Column> columns) {
        this.schema = schema;
        this.columns = columns.toArray(Column[]::new);
        for (int i = 0; i < this.columns.length; i++) {
            places.put(this.columns[i].field.name(), i);
        }
    }

    @Override
    public @Nullable Object read(JsonParser parser) throws IOException {
        Tokens.require(parser, JsonToken.START_OBJECT);
        Struct result = new Struct(schema);
        int next = 0;
        while (next < columns.length && parser.nextFieldName(columns[next].name)) {
            put(result, next, parser);
            next++;
        }
        JsonToken token = next < columns.length ? parser.currentToken() : parser.nextToken();
        if (token != JsonToken.END_OBJECT) {
            readInAnyOrder(result, next, parser);
            return result;
        }
        for (; next < columns.length; next++) {
            putAbsent(result, next);
        }
        return result;
    }

    /** @param parser at the name of a field that is not the expected one */
    private void readInAnyOrder(Struct result, int expected, JsonParser parser) throws IOException {
        boolean[] seen = new boolean[columns.length];
        Arrays.fill(seen, 0, expected, true);
        for (String name = parser.currentName(); name != null; name = parser.nextFieldName()) {
            Integer place = places.get(name);
            if (place == null) {
                parser.nextToken();
                Tokens.skip(parser);
            } else {
                seen[place] = true;
                put(result, place, parser);
            }
        }
        Tokens.require(parser, JsonToken.END_OBJECT);
        for (int i = 0; i < columns.length; i++) {
            if (!seen[i]) {
                putAbsent(result, i);
            }
        }
    }

    private void put(Struct result, int place, JsonParser parser) throws IOException {
        parser.nextToken();
        Column column = columns[place];
        result.put(column.field, column.reader.read(parser));
    }

    private void putAbsent(Struct result, int place) {
        Column column = columns[place];
        result.put(column.field, column.absent.get());
    }
}
