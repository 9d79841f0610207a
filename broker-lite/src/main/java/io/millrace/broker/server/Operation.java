package io.millrace.broker.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What those who run a broker ask it over HTTP: {@code /metrics}, {@code /health} (the process works: 200, else 503) and {@code /ready} (clients
 * are served and can write: 200, else 503). Answers GET and HEAD, a few at a time, each within seconds or not at all; knows no users, so it listens
 * on loopback unless told otherwise.
 */
final class Operation implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int UNAVAILABLE = 503;

    private final HttpServer server;
    private final HttpThreads threads;

    private Operation(HttpServer server, HttpThreads threads) {
        this.server = server;
        this.threads = threads;
    }

    static Operation start(
            InetSocketAddress address, Supplier<String> metrics, BooleanSupplier healthy, BooleanSupplier ready)
            throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
        HttpThreads threads = new HttpThreads(PATIENCE);
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, NOT_FOUND, "Paths are /metrics, /health, /ready.\n"));
        server.createContext("/metrics", exchange -> answer(exchange, OK, metrics.get()));
        server.createContext("/health", exchange -> state(exchange, healthy));
        server.createContext("/ready", exchange -> state(exchange, ready));
        server.start();
        return new Operation(server, threads);
    }

    private static void state(HttpExchange exchange, BooleanSupplier good) throws IOException {
        boolean is = good.getAsBoolean();
        answer(exchange, is ? OK : UNAVAILABLE, is ? "ok\n" : "unavailable\n");
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, -1);
                return;
            }
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            if (method.equals("HEAD")) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            exchange.sendResponseHeaders(status, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
