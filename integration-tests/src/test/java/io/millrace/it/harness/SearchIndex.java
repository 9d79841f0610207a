package io.millrace.it.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The search index as an application asks it. */
public final class SearchIndex {
    private static final int MOST = 10_000;

    private final URI url;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    public SearchIndex(String url) {
        this.url = URI.create(url.endsWith("/") ? url : url + "/");
    }

    /** How many documents an index has; 0 where it is not there. */
    public long count(String index) throws IOException, InterruptedException {
        refresh(index);
        HttpResponse<String> response = get(index + "/_count");
        return response.statusCode() == 404 ? 0 : ok(response).required("count").asLong();
    }

    /** The sources of the documents whose field holds the words, in no order; at most 10,000. */
    public List<JsonNode> find(String index, String field, String words) throws IOException, InterruptedException {
        return found(index, Map.of("match", Map.of(field, Map.of("query", words, "operator", "and"))));
    }

    /** The sources of all documents, in no order; at most 10,000. */
    public List<JsonNode> all(String index) throws IOException, InterruptedException {
        return found(index, Map.of("match_all", Map.of()));
    }

    private List<JsonNode> found(String index, Map<String, ?> query) throws IOException, InterruptedException {
        refresh(index);
        String body = json.writeValueAsString(Map.of("size", MOST, "query", query));
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode hit : ok(post(index + "/_search", body)).at("/hits/hits")) {
            found.add(hit.required("_source"));
        }
        return found;
    }

    private void refresh(String index) throws IOException, InterruptedException {
        post(index + "/_refresh", "");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(url.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(url.resolve(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode ok(HttpResponse<String> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException(response.statusCode() + " " + response.body());
        }
        return json.readTree(response.body());
    }
}
