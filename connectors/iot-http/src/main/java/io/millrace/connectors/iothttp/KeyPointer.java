package io.millrace.connectors.iothttp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Finds a record's key in its bytes. */
final class KeyPointer {
    private final JsonPointer pointer;

    KeyPointer(JsonPointer pointer) {
        this.pointer = pointer;
    }

    /** The text, number or boolean as JSON, without escapes that are not needed; null when there is none, or the bytes are no JSON. */
    byte @Nullable [] find(byte[] record) {
        try (JsonParser json = BodySplitter.JSON.createParser(record)) {
            JsonPointer rest = pointer;
            json.nextToken();
            while (!rest.matches()) {
                if (json.currentToken() == JsonToken.START_OBJECT) {
                    rest = intoObject(json, rest);
                } else if (json.currentToken() == JsonToken.START_ARRAY) {
                    rest = intoArray(json, rest);
                } else {
                    return null;
                }
                if (rest == null) {
                    return null;
                }
            }
            return scalar(json);
        } catch (IOException e) {
            // The parse step of the pipeline says so.
            return null;
        }
    }

    private static @Nullable JsonPointer intoObject(JsonParser json, JsonPointer rest) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean found = json.currentName().equals(rest.getMatchingProperty());
            json.nextToken();
            if (found) {
                return rest.tail();
            }
            json.skipChildren();
        }
        return null;
    }

    private static @Nullable JsonPointer intoArray(JsonParser json, JsonPointer rest) throws IOException {
        for (int index = 0; json.nextToken() != JsonToken.END_ARRAY && json.currentToken() != null; index++) {
            if (index == rest.getMatchingIndex()) {
                return rest.tail();
            }
            json.skipChildren();
        }
        return null;
    }

    private static byte @Nullable [] scalar(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            byte[] text = JsonStringEncoder.getInstance().quoteAsUTF8(json.getText());
            ByteArrayOutputStream key = new ByteArrayOutputStream(text.length + 2);
            key.write('"');
            key.writeBytes(text);
            key.write('"');
            return key.toByteArray();
        }
        boolean plain = token != null && (token.isNumeric() || token.isBoolean());
        return plain ? json.getText().getBytes(StandardCharsets.UTF_8) : null;
    }
}
