package io.millrace.broker.network;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
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
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.memory.MemoryPool;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ChannelBuilder;
import org.apache.kafka.common.network.ChannelBuilders;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.network.ListenerReconfigurable;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.security.auth.SecurityProtocol;
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
    private final List<TlsFiles> tls = new ArrayList<>();
    private final Thread thread = new Thread(this::acceptAll, "broker-acceptor");
    private volatile boolean running = true;

    private SocketServer(AbstractKafkaConfig config, Metrics metrics, Time time, ConnectionLimits limits)
            throws IOException {
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
            Listener listener = entry.getKey();
            List<Processor> own = processors(listener, handler, credentials, memory);
            entry.getValue().register(acceptor, SelectionKey.OP_ACCEPT, new Group(listener, own));
        }
        all.forEach(Processor::start);
        thread.start();
    }

    private List<Processor> processors(
            Listener listener, RequestHandler handler, CredentialProvider credentials, MemoryPool memory) {
        boolean encrypted =
                listener.protocol() == SecurityProtocol.SSL || listener.protocol() == SecurityProtocol.SASL_SSL;
        TlsFiles files = new TlsFiles(
                listener, config.valuesWithPrefixOverride(listener.name().configPrefix()));
        List<Processor> processors = new ArrayList<>();
        for (int i = 0; i < config.getInt(SocketServerConfigs.NUM_NETWORK_THREADS_CONFIG); i++) {
            ChannelBuilder channels = channels(i, listener, handler, credentials);
            Processor processor =
                    new Processor(i, listener, handler, limits, selector(i, listener, channels, memory), time);
            processors.add(processor);
            all.add(processor);
            if (encrypted && channels instanceof ListenerReconfigurable changeable) {
                files.add(processor, changeable);
            }
        }
        if (encrypted) {
            tls.add(files);
        }
        return processors;
    }

    private ChannelBuilder channels(
            int index, Listener listener, RequestHandler handler, CredentialProvider credentials) {
        try {
            return ChannelBuilders.serverChannelBuilder(
                    listener.name(),
                    false,
                    listener.protocol(),
                    config,
                    credentials.credentialCache,
                    credentials.tokenCache,
                    time,
                    context(listener, index),
                    handler::served);
        } catch (KafkaException | IllegalArgumentException e) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "broker.listener",
                            "listener " + listener.name().value(),
                            "The " + listener.protocol() + " listener '"
                                    + listener.name().value() + "' cannot be set up: " + rootMessage(e) + ".",
                            "Check its ssl.* and sasl.* properties, and those that begin with '"
                                    + listener.name().configPrefix() + "'."),
                    e);
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static LogContext context(Listener listener, int index) {
        return new LogContext("[" + listener.name().value() + "-" + index + "] ");
    }

    /** Whether all threads that serve connections run. */
    public boolean isServing() {
        return thread.isAlive() && all.stream().allMatch(Processor::isAlive);
    }

    /** Whether a listener reads keys from files. */
    public boolean isEncrypted() {
        return !tls.isEmpty();
    }

    /** Takes over key and trust stores that have changed since the last call. Reads files. */
    public synchronized void reloadKeys() {
        tls.forEach(TlsFiles::look);
    }

    private Selector selector(int index, Listener listener, ChannelBuilder channels, MemoryPool memory) {
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
                context(listener, index));
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
            } catch (Throwable e) {
                // nobody else accepts
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
        ListenerName listener = group.listener.name();
        if (!limits.enter(listener, address)) {
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
        } catch (IOException | RuntimeException | Error e) {
            limits.left(listener, address);
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
        long deadline = time.milliseconds() + STOP_MILLIS;
        try {
            thread.join(left(deadline));
            for (Processor processor : all) {
                processor.join(left(deadline));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** At least 1, since to wait for 0 is to wait for ever. */
    private long left(long deadline) {
        return Math.max(1, deadline - time.milliseconds());
    }

    /** The processors of one listener, taken in turn. Used by the acceptor's thread only. */
    private static final class Group {
        private final Listener listener;
        private final List<Processor> processors;
        private int next;

        Group(Listener listener, List<Processor> processors) {
            this.listener = listener;
            this.processors = List.copyOf(processors);
        }

        Processor next() {
            next = (next + 1) % processors.size();
            return processors.get(next);
        }
    }
}
