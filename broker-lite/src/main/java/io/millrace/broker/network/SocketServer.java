package io.millrace.broker.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.memory.MemoryPool;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ChannelBuilders;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.network.SocketServerConfigs;
import org.apache.kafka.security.CredentialProvider;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All listeners of a broker. Binds first, so that ports are known before anything else starts; serves from {@link #start} on. One thread
 * accepts for all listeners, each listener has {@code num.network.threads} threads of its own.
 */
public final class SocketServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketServer.class);
    private static final long STOP_MILLIS = 2_000;

    private final AbstractKafkaConfig config;
    private final Metrics metrics;
    private final Time time;
    private final ConnectionLimits limits;
    private final java.nio.channels.Selector acceptor;
    private final Map<Listener, ServerSocketChannel> sockets = new LinkedHashMap<>();
    private final List<Processor> all = new ArrayList<>();
    private final Thread thread = new Thread(this::acceptAll, "broker-acceptor");
    private volatile boolean running = true;

    private SocketServer(AbstractKafkaConfig config, Metrics metrics, Time time, ConnectionLimits limits) throws IOException {
        this.config = config;
        this.metrics = metrics;
        this.time = time;
        this.limits = limits;
        this.acceptor = java.nio.channels.Selector.open();
        thread.setDaemon(true);
    }

    /**
     * Binds all listeners; clients that connect wait until {@link #start}.
     *
     * @throws IOException if one cannot be bound; none is then
     */
    public static SocketServer bind(
            List<Listener> listeners, AbstractKafkaConfig config, Metrics metrics, Time time, ConnectionLimits limits)
            throws IOException {
        SocketServer server = new SocketServer(config, metrics, time, limits);
        try {
            for (Listener listener : listeners) {
                server.sockets.put(listener, server.open(listener));
            }
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private ServerSocketChannel open(Listener listener) throws IOException {
        InetSocketAddress address = listener.host().isEmpty()
                ? new InetSocketAddress(listener.port())
                : new InetSocketAddress(listener.host(), listener.port());
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            socket.configureBlocking(false);
            int receiveBuffer = config.getInt(SocketServerConfigs.SOCKET_RECEIVE_BUFFER_BYTES_CONFIG);
            if (receiveBuffer != Selector.USE_DEFAULT_BUFFER_SIZE) {
                socket.socket().setReceiveBufferSize(receiveBuffer);
            }
            socket.socket().bind(address, config.getInt(SocketServerConfigs.SOCKET_LISTEN_BACKLOG_SIZE_CONFIG));
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    /** The port that a listener is bound to. */
    public int port(ListenerName name) {
        return sockets.entrySet().stream()
                .filter(e -> e.getKey().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no listener is called " + name.value()))
                .getValue()
                .socket()
                .getLocalPort();
    }

    /** Begins to serve. */
    public void start(RequestHandler handler, CredentialProvider credentials, MemoryPool memory) throws IOException {
        for (Map.Entry<Listener, ServerSocketChannel> entry : sockets.entrySet()) {
            List<Processor> own = new ArrayList<>();
            for (int i = 0; i < config.getInt(SocketServerConfigs.NUM_NETWORK_THREADS_CONFIG); i++) {
                Listener listener = entry.getKey();
                own.add(new Processor(
                        i, listener, handler, limits, selector(i, listener, handler, credentials, memory), time));
            }
            all.addAll(own);
            entry.getValue().register(acceptor, SelectionKey.OP_ACCEPT, new Group(own));
        }
        all.forEach(Processor::start);
        thread.start();
    }

    private Selector selector(
            int index, Listener listener, RequestHandler handler, CredentialProvider credentials, MemoryPool memory) {
        LogContext context = new LogContext("[" + listener.name().value() + "-" + index + "] ");
        var channels = ChannelBuilders.serverChannelBuilder(
                listener.name(),
                false,
                listener.protocol(),
                config,
                credentials.credentialCache,
                credentials.tokenCache,
                time,
                context,
                handler::served);
        return new Selector(
                config.getInt(SocketServerConfigs.SOCKET_REQUEST_MAX_BYTES_CONFIG),
                config.getLong(SocketServerConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG),
                config.getInt(SocketServerConfigs.FAILED_AUTHENTICATION_DELAY_MS_CONFIG),
                metrics,
                time,
                "socket-server",
                Map.of("listener", listener.name().value(), "networkProcessor", Integer.toString(index)),
                false,
                true,
                channels,
                memory,
                context);
    }

    private void acceptAll() {
        while (running) {
            try {
                acceptor.select();
                var keys = acceptor.selectedKeys().iterator();
                while (keys.hasNext()) {
                    SelectionKey key = keys.next();
                    keys.remove();
                    accept((ServerSocketChannel) key.channel(), (Group) key.attachment());
                }
            } catch (IOException | RuntimeException e) {
                if (running && !(e instanceof ClosedSelectorException)) {
                    LOG.atError().setCause(e).log("A connection could not be accepted");
                }
            }
        }
    }

    private void accept(ServerSocketChannel socket, Group group) throws IOException {
        SocketChannel channel = socket.accept();
        if (channel == null) {
            return;
        }
        InetAddress address = channel.socket().getInetAddress();
        if (!limits.enter(address)) {
            LOG.atInfo()
                    .addKeyValue("address", address.getHostAddress())
                    .log("Rejected a connection: the limit of open connections is reached");
            Utils.closeQuietly(channel, "rejected connection");
            return;
        }
        try {
            channel.configureBlocking(false);
            channel.socket().setTcpNoDelay(true);
            channel.socket().setKeepAlive(true);
            int sendBuffer = config.getInt(SocketServerConfigs.SOCKET_SEND_BUFFER_BYTES_CONFIG);
            if (sendBuffer != Selector.USE_DEFAULT_BUFFER_SIZE) {
                channel.socket().setSendBufferSize(sendBuffer);
            }
            group.next().accept(channel);
        } catch (IOException e) {
            limits.left("", address);
            Utils.closeQuietly(channel, "connection");
            throw e;
        }
    }

    /** Closes all connections and ends all threads, within about two seconds. */
    @Override
    public void close() {
        running = false;
        Utils.closeQuietly(acceptor, "acceptor");
        sockets.values().forEach(socket -> Utils.closeQuietly(socket, "listener"));
        all.forEach(Processor::stop);
        try {
            thread.join(STOP_MILLIS);
            for (Processor processor : all) {
                processor.join(STOP_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The processors of one listener, taken in turn. Used by the acceptor's thread only. */
    private static final class Group {
        private final List<Processor> processors;
        private int next;

        Group(List<Processor> processors) {
            this.processors = List.copyOf(processors);
        }

        Processor next() {
            next = (next + 1) % processors.size();
            return processors.get(next);
        }
    }
}
