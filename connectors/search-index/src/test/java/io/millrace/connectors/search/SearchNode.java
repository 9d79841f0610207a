package io.millrace.connectors.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.dev.search.SearchServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The dev services' OpenSearch, for tests. */
final class SearchNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final SearchServer server;
    private final String url;

    private SearchNode(SearchServer server, String url) {
        this.server = server;
        this.url = url;
    }

    /** Starts one below the folder; its class path is what the dev services' module gathered. */
    static SearchNode start(Path folder) throws IOException {
        Path jars = Files.createDirectories(folder.resolve("jars"));
        Path built = Path.of("../../framework/dev-services/search/target")
                .toAbsolutePath()
                .normalize();
        for (Path from : List.of(built, built.resolve("lib"))) {
            try (Stream<Path> files = Files.list(from)) {
                for (Path jar :
                        files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                    Files.copy(jar, jars.resolve(jar.getFileName()));
                }
            }
        }
        SearchServer server = new SearchServer(folder.resolve("search"), jars, line -> {});
        return new SearchNode(server, server.up().url());
    }

    String url() {
        return url;
    }

    JsonNode get(String path) throws Exception {
        return ask("GET", path, "");
    }

    JsonNode ask(String method, String path, String body) throws Exception {
        return JSON.readTree(text(method, path, body));
    }

    /** As the server wrote it: of a document the text that was sent. */
    String text(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Ids of the documents that a query finds, sorted. */
    List<String> find(String index, String query) throws Exception {
        ask("POST", "/" + index + "/_refresh", "");
        JsonNode hits =
                get("/" + index + "/_search?size=10000&q=" + query).path("hits").path("hits");
        return Stream.iterate(0, i -> i < hits.size(), i -> i + 1)
                .map(i -> hits.get(i).path("_id").asText())
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        server.down();
    }
}
