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

    /** How many documents an index has; 0 where it is not there, or not yet ready. */
    public long count(String index) throws IOException, InterruptedException {
        refresh(index);
        HttpResponse<String> response = get(index + "/_count");
        return response.statusCode() == 404 ? 0 : ok(response).required("count").asLong();
    }

    /** The sources of the documents whose field holds the words, in no order; at most 10,000. */
    public List<JsonNode> find(String index, String field, String words) throws IOException, InterruptedException {
        return search(index, Map.of("match", Map.of(field, Map.of("query", words, "operator", "and"))));
    }

    /** The sources of the documents whose field is a number from one to another, both included; at most 10,000; none without the index. */
    public List<JsonNode> between(String index, String field, long from, long to)
            throws IOException, InterruptedException {
        return search(index, Map.of("range", Map.of(field, Map.of("gte", from, "lte", to))));
    }

    /** The sources of all documents, in no order; at most 10,000. */
    public List<JsonNode> all(String index) throws IOException, InterruptedException {
        return search(index, Map.of("match_all", Map.of()));
    }

    /** Changes or makes an index: a PUT of JSON. */
    public void put(String path, String body) throws IOException, InterruptedException {
        ok(client.send(
                HttpRequest.newBuilder(url.resolve(path))
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString()));
    }

    private List<JsonNode> search(String index, Map<String, ?> condition) throws IOException, InterruptedException {
        refresh(index);
        String query = json.writeValueAsString(Map.of("size", MOST, "query", condition));
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode hit :
                ok(post(index + "/_search?ignore_unavailable=true", query)).at("/hits/hits")) {
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

    private static boolean isNotReady(HttpResponse<String> response) {
        return response.statusCode() == 404 || response.statusCode() == 503;
    }

    /** Where it is not ready yet, that is for the caller to wait for. */
    private JsonNode ok(HttpResponse<String> response) throws IOException {
        if (isNotReady(response)) {
            throw new AssertionError("the index is not ready: " + response.body());
        }
        if (response.statusCode() != 200) {
            throw new IOException(response.statusCode() + " " + response.body());
        }
        return json.readTree(response.body());
    }
}
