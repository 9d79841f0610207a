package io.millrace.http;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request.
 *
 * @param method upper case
 * @param path decoded, without the query
 * @param parameters of the path, by the names of the route
 * @param query values by name, in order
 * @param body empty where there is none
 */
public record Call(
        String method,
        String path,
        Map<String, String> parameters,
        Map<String, List<String>> query,
        Map<String, String> headers,
        byte[] body) {
    /** @throws IllegalArgumentException if the route has no such parameter */
    public String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no parameter '" + name + "'");
        }
        return value;
    }

    /** The first value of a query parameter. */
    public Optional<String> query(String name) {
        return query.getOrDefault(name, List.of()).stream().findFirst();
    }

    /** Whether a query parameter is {@code true}; not so where it is missing or says anything else. */
    public boolean flag(String name) {
        return query(name).map(Boolean::parseBoolean).orElse(false);
    }

    /** @throws HttpFailure 400 where the body is not JSON of that type */
    public <T> T json(TypeReference<T> type) {
        return Json.read(body, type);
    }
}
