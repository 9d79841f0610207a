package io.millrace.connectors.search;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Answers bulks as it was told to, and all with 200 after that; its index is there and has all fields. */
final class ScriptedServer implements AutoCloseable {
    static {
        // else each answer waits 40 ms for the acknowledgement of its header
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private record Reply(int status, String body) {}

    /** How many operations each bulk held, in order. */
    final List<Integer> bulks = new ArrayList<>();
    /** Of the last request. */
    volatile String authorization = "";

    private final HttpServer server;
    private final Deque<Reply> script = new ArrayDeque<>();
    private int longestBulk = Integer.MAX_VALUE;

    private ScriptedServer(HttpServer server) {
        this.server = server;
    }

    static ScriptedServer start() throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        ScriptedServer scripted = new ScriptedServer(http);
        http.createContext("/", scripted::handle);
        http.start();
        return scripted;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    ScriptedServer then(int status, String body) {
        script.add(new Reply(status, body));
        return this;
    }

    /** More operations than this are answered with 413. */
    ScriptedServer tooLargeAbove(int operations) {
        longestBulk = operations;
        return this;
    }

    static String items(String... items) {
        return "{\"errors\":true,\"items\":[" + String.join(",", items) + "]}";
    }

    static String item(int status, String type, String reason) {
        return "{\"index\":{\"status\":" + status
                + (type.isEmpty() ? "" : ",\"error\":{\"type\":\"" + type + "\",\"reason\":\"" + reason + "\"}") + "}}";
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        Reply reply = new Reply(200, "{}");
        if (exchange.getRequestURI().getPath().equals("/_bulk")) {
            int operations = (int) body.lines()
                    .filter(line -> line.startsWith("{\"index\":{\"_index\""))
                    .count();
            bulks.add(operations);
            reply = operations > longestBulk ? new Reply(413, "") : script.isEmpty() ? good(operations) : script.poll();
        }
        byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static Reply good(int operations) {
        return new Reply(
                200,
                items(java.util.Collections.nCopies(operations, item(200, "", ""))
                        .toArray(String[]::new)));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
