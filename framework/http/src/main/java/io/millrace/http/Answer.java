package io.millrace.http;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * An answer, whole in memory.
 *
 * @param body empty for none
 */
public record Answer(int status, Map<String, String> headers, byte[] body) {
    private static final String TYPE = "Content-Type";

    public Answer {
        headers = Map.copyOf(headers);
    }

    /** @param value what Jackson can write */
    public static Answer json(int status, Object value) {
        return new Answer(status, Map.of(TYPE, "application/json"), Json.bytes(value));
    }

    public static Answer text(int status, String contentType, String text) {
        return new Answer(status, Map.of(TYPE, contentType), text.getBytes(StandardCharsets.UTF_8));
    }

    public static Answer empty(int status) {
        return new Answer(status, Map.of(), new byte[0]);
    }

    /** The same with a {@code Location}. */
    public Answer at(String location) {
        Map<String, String> more = new HashMap<>(headers);
        more.put("Location", location);
        return new Answer(status, more, body);
    }

    static Answer failure(int status, String message) {
        return json(status, new ErrorBody(status, message));
    }

    private record ErrorBody(int error_code, String message) {}
}
