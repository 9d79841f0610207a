package io.millrace.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** JSON as the interfaces read and write it: what a body holds beyond its type is refused. */
final class Json {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("'" + value.getClass().getName() + "' cannot be written as JSON", e);
        }
    }

    /** @throws HttpFailure 400 where the bytes are not JSON of that type */
    static <T> T read(byte[] bytes, TypeReference<T> type) {
        if (bytes.length == 0) {
            throw new HttpFailure(400, "The request has no body; JSON is wanted.");
        }
        try {
            T value = MAPPER.readValue(bytes, type);
            if (value == null) {
                throw new HttpFailure(400, "The request's body is null; a JSON value is wanted.");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new HttpFailure(400, "The request's body cannot be read: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new HttpFailure(400, "The request's body cannot be read: " + e.getMessage());
        }
    }
}
