package io.millrace.connectors.iothttp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * An answer; its body is JSON.
 *
 * @param close whether the connection ends with it
 */
record Reply(int status, List<Refusal.Header> headers, byte[] body, boolean close) {
    private static final JsonFactory JSON = new JsonFactory();

    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    static Reply taken(int records) {
        return of(200, List.of(), json -> json.writeNumberField("records", records));
    }

    static Reply health(boolean healthy, String status) {
        return of(healthy ? 200 : 503, List.of(), json -> json.writeStringField("status", status));
    }

    static Reply of(Refusal refusal) {
        return of(refusal.status(), refusal.headers(), json -> {
            json.writeStringField("code", refusal.code());
            json.writeStringField("message", refusal.message());
            if (!refusal.bad().isEmpty()) {
                json.writeNumberField("bad", refusal.badCount());
                json.writeArrayFieldStart("elements");
                for (Refusal.Bad bad : refusal.bad()) {
                    json.writeStartObject();
                    json.writeNumberField(bad.place(), bad.index());
                    json.writeStringField("message", bad.message());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
        });
    }

    Reply closing() {
        return new Reply(status, headers, body, true);
    }

    private static Reply of(int status, List<Refusal.Header> headers, Fields fields) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(body)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Reply(status, List.copyOf(headers), body.toByteArray(), false);
    }
}
