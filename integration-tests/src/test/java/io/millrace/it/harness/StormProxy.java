package io.millrace.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before an HTTP server and passes bytes through as they are; in a storm it answers in the server's place that it has no time, on
 * a new connection each, and cuts the connections that were open.
 */
public final class StormProxy implements AutoCloseable {
    private static final Map<Integer, String> REASONS =
            Map.of(429, "Too Many Requests", 500, "Internal Server Error", 503, "Service Unavailable");

    private volatile InetSocketAddress target;
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile int status;

    private StormProxy(InetSocketAddress target, ServerSocket server) {
        this.target = target;
        this.server = server;
    }

    /** Before a server on this machine, on a free port. */
    public static StormProxy before(int port) throws IOException {
        InetAddress local = InetAddress.getLoopbackAddress();
        StormProxy proxy = new StormProxy(new InetSocketAddress(local, port), new ServerSocket(0, 100, local));
        proxy.threads.execute(proxy::accept);
        return proxy;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** The server came back on another port of this machine. */
    public void moveTo(int port) {
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /**
     * From now on every request is refused.
     *
     * @param answer 429, 500 or 503
     */
    public void storm(int answer) {
        status = answer;
        open.forEach(StormProxy::cut);
    }

    /** From now on every request passes. */
    public void calm() {
        status = 0;
    }

    /** How many requests were refused so far. */
    public int refused() {
        return refused.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                // closed
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            if (status != 0) {
                refuse(client);
                return;
            }
            try (Socket upstream = new Socket()) {
                upstream.connect(target);
                open.add(upstream);
                threads.execute(() -> pass(upstream, client));
                pass(client, upstream);
                open.remove(upstream);
            }
        } catch (IOException e) {
            // either side went away; the other sees its connection end
            cut(client);
        } finally {
            open.remove(client);
        }
    }

    private void refuse(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        byte[] some = new byte[8192];
        if (in.read(some) < 0) {
            return;
        }
        refused.incrementAndGet();
        OutputStream out = client.getOutputStream();
        out.write(("HTTP/1.1 " + status + " " + REASONS.get(status)
                        + "\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        client.shutdownOutput();
        // what the client still sends is read, or it would see a reset in place of the answer
        while (in.read(some) >= 0) {
            Thread.onSpinWait();
        }
    }

    private static void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            cut(from);
            cut(to);
        }
    }

    private static void cut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("a socket does not close", e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(StormProxy::cut);
        threads.shutdownNow();
    }
}
