package io.millrace.rest;

import io.millrace.foundation.error.ProblemException;
import io.millrace.http.HttpServer;
import io.millrace.http.Routes;
import io.millrace.worker.Worker;
import java.net.URI;

/** Kafka Connect's REST interface of a worker. */
public final class RestServer implements AutoCloseable {
    private final HttpServer server;

    private RestServer(HttpServer server) {
        this.server = server;
    }

    /**
     * Listens from now on.
     *
     * @param host a loopback address
     * @param port 0 for any
     * @param worker stays the caller's to close, after the server
     * @throws ProblemException as {@link HttpServer#start}
     */
    public static RestServer start(String host, int port, Worker worker) {
        Routes routes = new Routes();
        new WorkerRoutes(worker).addTo(routes);
        new ConnectorRoutes(worker).addTo(routes);
        new PluginRoutes(worker.plugins()).addTo(routes);
        return new RestServer(HttpServer.start("rest", host, port, routes));
    }

    public URI address() {
        return server.address();
    }

    @Override
    public void close() {
        server.close();
    }
}
