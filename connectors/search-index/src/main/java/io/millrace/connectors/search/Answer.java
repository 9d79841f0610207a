package io.millrace.connectors.search;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Optional;

/**
 * What the server answered to one request.
 *
 * @param status of HTTP
 * @param body missing where it was no JSON
 * @param retryAfter how long the server wants to be left alone
 * @param node that answered
 */
record Answer(int status, JsonNode body, Optional<Duration> retryAfter, String node) {

    boolean isGood() {
        return status >= 200 && status < 300;
    }

    /** Whether the same request may be answered well later. */
    boolean isTransient() {
        return status == 408 || status == 429 || status >= 500;
    }

    boolean isForbidden() {
        return status == 401 || status == 403;
    }

    String errorType() {
        return body.path("error").path("type").asText("");
    }

    /** The server's own words, bounded; they name fields and limits. */
    String reason() {
        JsonNode error = body.path("error");
        if (error.isTextual()) {
            return Refusals.bounded(error.asText());
        }
        return error.isMissingNode() ? "no reason given" : Refusals.reason(error);
    }
}
