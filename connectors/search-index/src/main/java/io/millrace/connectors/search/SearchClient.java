package io.millrace.connectors.search;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.connectors.search.SearchIndexSinkConfig.Server;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.config.ConfigException;

/**
 * Requests to the nodes of one cluster. A node that does not answer is left for the next one; a request may so reach the server twice, which
 * every request of this sink bears. Used by one thread.
 */
final class SearchClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Server server;
    private final HttpClient http;
    private final List<String> headers;
    private int node;

    private SearchClient(Server server, HttpClient http, List<String> headers) {
        this.server = server;
        this.http = http;
        this.headers = headers;
    }

    /** @throws ConfigException when the file of certificates cannot be used */
    static SearchClient to(Server server) {
        HttpClient.Builder http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(server.timeout().compareTo(CONNECT) < 0 ? server.timeout() : CONNECT);
        server.ca().ifPresent(file -> http.sslContext(trusting(file)));
        return new SearchClient(server, http.build(), headers(server));
    }

    private static List<String> headers(Server server) {
        List<String> headers = new ArrayList<>();
        server.user().ifPresent(user -> {
            String password = server.password().orElseThrow().value();
            headers.addAll(List.of(
                    "Authorization",
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8))));
        });
        server.apiKey().ifPresent(key -> headers.addAll(List.of("Authorization", "ApiKey " + key.value())));
        for (String header : server.headers()) {
            int colon = header.indexOf(':');
            headers.add(header.substring(0, colon).trim());
            headers.add(header.substring(colon + 1).trim());
        }
        return headers;
    }

    Answer get(String path) throws IOException {
        return send("GET", path, "application/json", new byte[0]);
    }

    Answer put(String path, JsonNode body) throws IOException {
        return send("PUT", path, "application/json", JSON.writeValueAsBytes(body));
    }

    /** Operations in order; the answer has only what {@link BulkWriter} reads. */
    Answer bulk(List<Operation> operations) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Operation operation : operations) {
            body.write(operation.action());
            body.write('\n');
            if (operation.document().isPresent()) {
                body.write(operation.document().get());
                body.write('\n');
            }
        }
        return send(
                "POST",
                "/_bulk?filter_path=errors,error,items.*.status,items.*.error",
                "application/x-ndjson",
                body.toByteArray());
    }

    /**
     * Sends it to the node that answered last, or else to the others in turn.
     *
     * @throws IOException when no node gave a whole answer; what became of the request is not known then
     */
    private Answer send(String method, String path, String contentType, byte[] body) throws IOException {
        IOException last = new IOException("no node");
        for (int attempt = 0; attempt < server.urls().size(); attempt++) {
            URI url = server.urls().get(node);
            try {
                return sendTo(url, method, path, contentType, body);
            } catch (IOException e) {
                last = new IOException(url + " does not answer: " + described(e), e);
                node = (node + 1) % server.urls().size();
            }
        }
        throw last;
    }

    private Answer sendTo(URI url, String method, String path, String contentType, byte[] body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(server.timeout())
                .header("Accept", "application/json");
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        if (body.length == 0) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", contentType);
            if (server.gzip()) {
                request.header("Content-Encoding", "gzip");
            }
            request.method(method, HttpRequest.BodyPublishers.ofByteArray(server.gzip() ? zipped(body) : body));
        }
        try {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() == 502 || response.statusCode() == 503 || response.statusCode() == 504) {
                node = (node + 1) % server.urls().size();
            }
            return new Answer(response.statusCode(), json(response.body()), retryAfter(response), url.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Other things than JSON come from proxies. */
    private static JsonNode json(byte[] body) throws IOException {
        try {
            JsonNode node = JSON.readTree(body);
            return node == null ? MissingNode.getInstance() : node;
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }

    /** In seconds; the form of a date is passed over. */
    private static Optional<Duration> retryAfter(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    private static String described(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static byte[] zipped(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 4);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body);
        }
        return bytes.toByteArray();
    }

    private static SSLContext trusting(String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + count++, certificate);
            }
            if (count == 0) {
                throw new GeneralSecurityException("it holds no certificate");
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            ConfigException failure = new ConfigException("The file of certificates '" + file + "' cannot be used: "
                    + e.getMessage() + ". Set 'ca' to a readable PEM file.");
            failure.initCause(e);
            throw failure;
        }
    }
}
