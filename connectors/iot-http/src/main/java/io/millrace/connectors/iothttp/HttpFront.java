package io.millrace.connectors.iothttp;

import java.net.BindException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.errors.ConnectException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server of one task: HTTP/1.1, with TLS where it is set. Its threads never wait for a request's records. */
final class HttpFront {
    private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);
    private static final int THREADS = 16;
    private static final long SWEEP_MILLIS = 100;
    private static final long REFRESH_MILLIS = 1_000;
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

    private final IotHttpSourceConfig config;
    private final IntakeHandler intake;
    private final Server server;
    private final ServerConnector connector;
    private final ScheduledExecutorService sweeper;

    private HttpFront(
            IotHttpSourceConfig config,
            IntakeHandler intake,
            Server server,
            ServerConnector connector,
            ScheduledExecutorService sweeper) {
        this.config = config;
        this.intake = intake;
        this.server = server;
        this.connector = connector;
        this.sweeper = sweeper;
    }

    /**
     * Listens from now on.
     *
     * @throws ConnectException when it cannot; it is closed again
     */
    static HttpFront start(IotHttpSourceConfig config, Inbox inbox, Clock clock, LongSupplier nanos) {
        BearerTokens tokens = BearerTokens.of(config.auth());
        ConnectionWatch connections = new ConnectionWatch(config.limits().keepAlive(), nanos);
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 2);
        threads.setName("iot-http-" + config.connector());
        threads.setDaemon(true);
        Server server = new Server(threads);
        IntakeHandler intake =
                new IntakeHandler(config, new Gate(config, tokens), inbox, connections, threads, clock, nanos);
        server.setHandler(intake);
        server.setErrorHandler(new JsonErrors());
        TlsContext tls = config.tls().map(TlsContext::of).orElse(null);
        ServerConnector connector = connector(config, server, tls);
        connector.addBean(connections);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(config.limits().maxConnections(), connector));
        ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "iot-http-" + config.connector() + "-sweeper");
            thread.setDaemon(true);
            return thread;
        });
        HttpFront front = new HttpFront(config, intake, server, connector, sweeper);
        front.listen();
        front.repeat(SWEEP_MILLIS, intake::sweep);
        front.repeat(SWEEP_MILLIS, connections::sweep);
        front.repeat(REFRESH_MILLIS, tokens::refresh);
        if (tls != null) {
            front.repeat(REFRESH_MILLIS, tls::refresh);
        }
        return front;
    }

    private static ServerConnector connector(IotHttpSourceConfig config, Server server, @Nullable TlsContext tls) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ServerConnector connector;
        if (tls == null) {
            connector = new ServerConnector(server, 1, 1, plain);
        } else {
            // Devices often know the server by an address only.
            http.addCustomizer(new SecureRequestCustomizer(false));
            connector = new ServerConnector(
                    server, 1, 1, new SslConnectionFactory(tls.factory(), plain.getProtocol()), plain);
        }
        connector.setHost(config.host());
        connector.setPort(config.port());
        connector.setIdleTimeout(longest(config.limits()).toMillis());
        return connector;
    }

    /** Longer than every limit of ours, each of which has an answer of its own. */
    private static Duration longest(IotHttpSourceConfig.Limits limits) {
        Duration longest = limits.readTimeout();
        longest = longest.compareTo(limits.commitTimeout()) < 0 ? limits.commitTimeout() : longest;
        longest = longest.compareTo(limits.keepAlive()) < 0 ? limits.keepAlive() : longest;
        return longest.plusSeconds(5);
    }

    private void listen() {
        try {
            server.start();
        } catch (Exception e) {
            close();
            String place = "'" + config.connector() + "' cannot listen on port " + config.port() + " of '"
                    + config.host() + "': ";
            throw new ConnectException(
                    isPortTaken(e)
                            ? place + "something else does. Stop that, or choose another 'port'."
                            : place + e.getMessage(),
                    e);
        }
        LOG.info(
                "listening for posts (connector={}, host={}, port={}, path={}, tls={})",
                config.connector(),
                config.host(),
                port(),
                config.path(),
                config.tls().isPresent());
        if (!Exposure.of(config.host(), config.tls().isPresent(), config.authenticated(), false)
                .isEmpty()) {
            LOG.warn(
                    "others can reach the port without TLS or without authentication, because 'insecure' is true"
                            + " (connector={}, host={})",
                    config.connector(),
                    config.host());
        }
    }

    private static boolean isPortTaken(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    private void repeat(long millis, Runnable duty) {
        sweeper.scheduleWithFixedDelay(() -> perform(duty), millis, millis, TimeUnit.MILLISECONDS);
    }

    /** A duty that fails once must still be done the next time. */
    private void perform(Runnable duty) {
        try {
            duty.run();
        } catch (RuntimeException e) {
            LOG.error("a regular duty of the source failed (connector={})", config.connector(), e);
        }
    }

    /** The port that is listened on. */
    int port() {
        return connector.getLocalPort();
    }

    IntakeHandler intake() {
        return intake;
    }

    /** Answers what is under way, closes the port and all connections. The inbox is closed already. */
    void stop() {
        // First the port: the next life of the task may want it, and who comes now shall find the next one.
        connector.close();
        intake.endAll();
        intake.awaitEnd(LAST_ANSWERS);
        close();
        LOG.info("not listening any more (connector={})", config.connector());
    }

    private void close() {
        sweeper.shutdownNow();
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("the server did not stop in order (connector={})", config.connector(), e);
        }
    }
}
