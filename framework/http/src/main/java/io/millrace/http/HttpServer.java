package io.millrace.http;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server on the loopback address, HTTP/1.1. */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int THREADS = 16;
    private static final int CONNECTIONS = 200;
    private static final long IDLE_MILLIS = 30_000;
    private static final long STOP_MILLIS = 1_000;

    private final Server server;
    private final URI address;

    private HttpServer(Server server, URI address) {
        this.server = server;
        this.address = address;
    }

    /**
     * Listens from now on.
     *
     * @param name of its threads
     * @param host must be a loopback address
     * @param port 0 for any
     * @throws ProblemException YOURS, {@code http.not-loopback}; ENVIRONMENT, {@code http.port-in-use}
     */
    public static HttpServer start(String name, String host, int port, Routes routes) {
        requireLoopback(host);
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
        threads.setName(name);
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        server.setStopTimeout(STOP_MILLIS);
        server.setHandler(new RoutesHandler(routes));
        server.setErrorHandler(new JsonErrors());
        try {
            server.start();
        } catch (Exception e) {
            stop(server);
            throw new ProblemException(
                    ExitCode.ENVIRONMENT,
                    Problem.error(
                            "http.port-in-use",
                            host + ":" + port,
                            "The server cannot listen on '" + host + ":" + port + "': " + e.getMessage() + ".",
                            "Stop what uses the port, or choose another one."),
                    e);
        }
        return new HttpServer(server, URI.create("http://" + host + ":" + connector.getLocalPort()));
    }

    private static void requireLoopback(String host) {
        try {
            if (InetAddress.getByName(host).isLoopbackAddress()) {
                return;
            }
        } catch (UnknownHostException e) {
            LOG.atDebug().setCause(e).log("a host without an address is no loopback");
        }
        throw new ProblemException(
                ExitCode.YOURS,
                Problem.error(
                        "http.not-loopback",
                        host,
                        "The server is to listen on '" + host
                                + "', which others can reach, and knows neither TLS nor authentication.",
                        "Listen on '127.0.0.1', with a proxy before it that has both."));
    }

    public URI address() {
        return address;
    }

    @Override
    public void close() {
        stop(server);
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (TimeoutException e) {
            LOG.atDebug().setCause(e).log("connections of clients were open when the server stopped");
        } catch (Exception e) {
            LOG.atWarn().setCause(e).log("the server did not stop cleanly");
        }
        server.destroy();
    }
}
