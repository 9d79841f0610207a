package io.millrace.connectors.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;

/** Says why the server will never take a document: what, where, and what to do; without the document's values. */
final class Refusals {
    private static final int LONGEST = 400;

    private Refusals() {}

    /** The error of one item of a bulk answer. */
    static DataException of(Operation operation, JsonNode error) {
        return new DataException(
                "The index '" + operation.index() + "' refuses the document: " + reason(error) + ". " + remedy(error));
    }

    static DataException tooLarge(Operation operation) {
        return new DataException("The index '" + operation.index() + "' refuses the document: " + operation.size()
                + " bytes are more than the server takes in one request. Raise 'http.max_content_length' of the server, or drop large"
                + " fields in an earlier layer.");
    }

    /** Whether it is the index that takes no document of this kind at all, so that it would be wrong to set each record aside. */
    static boolean isOfTheIndex(JsonNode error) {
        String reason = error.path("reason").asText("");
        return error.path("type").asText("").equals("index_closed_exception")
                || Stream.of("data stream", "no write index is defined", "explicit index in bulk")
                        .anyMatch(reason::contains);
    }

    static ConnectException ofTheIndex(Operation operation, JsonNode error) {
        return new ConnectException(
                "The index '" + operation.index() + "' takes no documents with an id and a version: "
                        + reason(error)
                        + ". Write to an open index, or to an alias with one index to write to; data streams cannot be written.");
    }

    static String reason(JsonNode error) {
        String reason = error.path("type").asText("error") + ": "
                + withoutValues(error.path("reason").asText("no reason given"));
        String cause = error.path("caused_by").path("type").asText("");
        return bounded(cause.isEmpty() ? reason : reason + " (" + cause + ")");
    }

    /** The server quotes what it could not parse, and names the document, which makes each message one of a kind. */
    private static String withoutValues(String reason) {
        return reason.replaceAll("(?s)\\.? *Preview of field's value: '.*'", "")
                .replaceAll(" in document with id '[^']*'", "")
                .replaceAll("^\\[[0-9]+:[0-9]+] ", "")
                .replaceAll("(?s): \\[.*]: version conflict", ": version conflict")
                .strip();
    }

    static String bounded(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }

    private static String remedy(JsonNode error) {
        String type = error.path("type").asText("");
        String reason = error.path("reason").asText("");
        if (reason.contains("Limit of total fields")) {
            return "Raise 'index.mapping.total_fields.limit' of the index, or drop fields in an earlier layer; then replay.";
        }
        return switch (type) {
            case "strict_dynamic_mapping_exception" ->
                "Add the field to the mapping of the index, or drop it in an earlier layer; then replay.";
            case "mapper_parsing_exception", "document_parsing_exception" ->
                "Cast the field to the type that the index has, in an earlier layer, or write to an index that has it as another type;"
                        + " then replay.";
            default -> "Correct the record in an earlier layer, or the index; then replay.";
        };
    }
}
