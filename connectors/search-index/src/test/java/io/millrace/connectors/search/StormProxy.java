package io.millrace.connectors.search;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands before a search server and gives it bad weather, by a seed. One request at a time. */
final class StormProxy implements AutoCloseable {
    /** What happens to a request. */
    enum Weather {
        FINE,
        TOO_MANY_REQUESTS,
        UNAVAILABLE,
        /** Never reaches the server, and the connection ends without an answer. */
        LOST,
        /** The server does it, and the connection ends without an answer. */
        DONE_AND_LOST,
        /** The server does it, and half of the answer arrives. */
        HALF_AN_ANSWER,
        /** Of a bulk the last operation is turned away. */
        LAST_TURNED_AWAY
    }

    static {
        // else each answer waits 40 ms for the acknowledgement of its header
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    final Map<Weather, Integer> seen = new EnumMap<>(Weather.class);
    private final HttpServer server;
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final HttpClient http = HttpClient.newHttpClient();
    private final String target;
    private final Random random;
    private volatile int badPercent;

    private StormProxy(HttpServer server, String target, Random random) {
        this.server = server;
        this.target = target;
        this.random = random;
    }

    static StormProxy before(String target, long seed) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        StormProxy proxy = new StormProxy(server, target, new Random(seed));
        server.createContext("/", proxy::handle);
        server.setExecutor(proxy.executor);
        server.start();
        return proxy;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void bad(int percent) {
        badPercent = percent;
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean bulk = exchange.getRequestURI().getPath().equals("/_bulk");
        Weather weather = Weather.FINE;
        if (random.nextInt(100) < badPercent) {
            Weather[] all = Weather.values();
            weather = all[1 + random.nextInt(all.length - (bulk ? 1 : 2))];
        }
        seen.merge(weather, 1, Integer::sum);
        switch (weather) {
            case FINE -> answer(exchange, forward(exchange, body));
            case TOO_MANY_REQUESTS -> refuse(exchange, 429);
            case UNAVAILABLE -> refuse(exchange, 503);
            case LOST -> exchange.close();
            case DONE_AND_LOST -> {
                forward(exchange, body);
                exchange.close();
            }
            case HALF_AN_ANSWER -> half(exchange, forward(exchange, body));
            case LAST_TURNED_AWAY -> turnAwayLast(exchange, body);
        }
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI()));
        for (String name : new String[] {"Content-Type", "Content-Encoding", "Accept"}) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        request.method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void answer(HttpExchange exchange, HttpResponse<byte[]> response) throws IOException {
        send(exchange, response.statusCode(), response.body());
    }

    private static void refuse(HttpExchange exchange, int status) throws IOException {
        send(exchange, status, "<html>not now</html>".getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static void half(HttpExchange exchange, HttpResponse<byte[]> response) throws IOException {
        byte[] body = response.body();
        exchange.sendResponseHeaders(response.statusCode(), body.length);
        exchange.getResponseBody().write(body, 0, body.length / 2);
        exchange.getResponseBody().flush();
        // the rest is owed: the server ends the connection
        exchange.close();
    }

    private void turnAwayLast(HttpExchange exchange, byte[] body) throws IOException {
        String[] lines = new String(body, StandardCharsets.UTF_8).split("\n");
        int last = lines.length - 1;
        if (!lines[last].startsWith("{\"delete\":")) {
            last--;
        }
        if (last <= 0) {
            refuse(exchange, 429);
            return;
        }
        String rest = String.join("\n", java.util.Arrays.copyOf(lines, last)) + "\n";
        String answer = new String(
                forward(exchange, rest.getBytes(StandardCharsets.UTF_8)).body(), StandardCharsets.UTF_8);
        String turnedAway =
                ",{\"index\":{\"status\":429,\"error\":{\"type\":\"rejected_execution_exception\",\"reason\":\"no room\"}}}]";
        String whole = answer.substring(0, answer.lastIndexOf(']'))
                + turnedAway
                + answer.substring(answer.lastIndexOf(']') + 1);
        send(exchange, 200, whole.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
