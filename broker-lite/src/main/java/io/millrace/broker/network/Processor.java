package io.millrace.broker.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.KafkaChannel;
import org.apache.kafka.common.network.NetworkReceive;
import org.apache.kafka.common.network.NetworkSend;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.network.Send;
import org.apache.kafka.common.network.ServerConnectionId;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.common.RequestLocal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that serves the connections given to it: reads a request, has it handled, and reads no more from the connection until the response
 * is sent, so that a client's requests are answered in order. All fields but the queues belong to the thread.
 */
final class Processor implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);
    private static final long POLL_MILLIS = 300;

    private final int index;
    private final Listener listener;
    private final RequestHandler handler;
    private final ConnectionLimits limits;
    private final Time time;
    private final Selector selector;
    private final Thread thread;
    private final RequestLocal local;
    private final Queue<SocketChannel> arrived = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Map<String, Exchange> sending = new HashMap<>();
    private volatile boolean running = true;
    private int connections;

    Processor(
            int index,
            Listener listener,
            RequestHandler handler,
            ConnectionLimits limits,
            Selector selector,
            Time time) {
        this.index = index;
        this.listener = listener;
        this.handler = handler;
        this.limits = limits;
        this.selector = selector;
        this.time = time;
        this.thread = new Thread(this, "broker-network-" + listener.name().value() + "-" + index);
        this.thread.setDaemon(true);
        this.local = RequestLocal.withThreadConfinedCaching();
    }

    void start() {
        thread.start();
    }

    /** Buffers of this thread; none for another thread. */
    RequestLocal local() {
        return Thread.currentThread() == thread ? local : RequestLocal.noCaching();
    }

    void accept(SocketChannel channel) {
        arrived.add(channel);
        selector.wakeup();
    }

    void answered(Exchange exchange, AbstractResponse response) {
        handler.answered(exchange, response);
    }

    void send(Exchange exchange, Send send) {
        onThread(() -> {
            exchange.release();
            guarded(exchange.connection(), connection -> {
                if (isThere(connection)) {
                    sending.put(connection, exchange);
                    selector.send(new NetworkSend(connection, send));
                }
            });
        });
    }

    void goOn(Exchange exchange) {
        onThread(() -> {
            end(exchange);
            guarded(exchange.connection(), this::unmute);
        });
    }

    void hangUp(Exchange exchange) {
        onThread(() -> {
            end(exchange);
            guarded(exchange.connection(), this::close);
        });
    }

    /** Invariant: whatever goes wrong with a connection ends this connection, and neither the thread nor another connection. */
    private void guarded(String connection, Consumer<String> work) {
        try {
            work.accept(connection);
        } catch (Throwable e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("connection", connection)
                    .log("Closing a connection after an unexpected error");
            close(connection);
        }
    }

    private void end(Exchange exchange) {
        exchange.release();
        handler.ended(exchange, time.nanoseconds() - exchange.sinceNanos());
    }

    /** Runs a task on this thread, where the channels and all they use belong. */
    void onThread(Runnable task) {
        if (Thread.currentThread() == thread) {
            task.run();
        } else {
            tasks.add(task);
            selector.wakeup();
        }
    }

    @Override
    public void run() {
        try {
            while (running) {
                try {
                    registerArrived();
                    runTasks();
                    poll();
                    receive();
                    completeSends();
                    forgetDisconnected();
                } catch (Throwable e) {
                    // whatever belongs to one connection is handled there; what comes here must not end the thread
                    tell(e);
                }
            }
        } finally {
            closeAll();
        }
    }

    private static void tell(Throwable e) {
        try {
            LOG.atError().setCause(e).log("A network thread goes on after an unexpected error");
        } catch (OutOfMemoryError again) {
            // there is no memory to tell of it either; the connections are what counts
            e.addSuppressed(again);
        }
    }

    private void registerArrived() {
        SocketChannel channel;
        while ((channel = arrived.poll()) != null) {
            Socket socket = channel.socket();
            String id = ServerConnectionId.generateConnectionId(socket, index, connections++);
            try {
                selector.register(id, channel);
            } catch (Throwable e) {
                LOG.atInfo().setCause(e).addKeyValue("connection", id).log("A connection could not be taken");
                limits.left(listener.name(), socket.getInetAddress());
                Utils.closeQuietly(channel, "connection " + id);
            }
        }
    }

    private void runTasks() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            try {
                task.run();
            } catch (Throwable e) {
                LOG.atError().setCause(e).log("A response could not be sent");
            }
        }
    }

    private void poll() {
        try {
            selector.poll(arrived.isEmpty() && tasks.isEmpty() ? POLL_MILLIS : 0);
        } catch (Throwable e) {
            // what was read and sent before it is gone with the next poll
            LOG.atError().setCause(e).log("Polling connections failed");
        }
    }

    private void receive() {
        for (NetworkReceive received : selector.completedReceives()) {
            String connection = received.source();
            try {
                receive(connection, received);
            } catch (Throwable e) {
                LOG.atInfo()
                        .setCause(e)
                        .addKeyValue("connection", connection)
                        .log("Closing a connection whose request cannot be served");
                release(received);
                close(connection);
            }
        }
        selector.clearCompletedReceives();
    }

    private void receive(String connection, NetworkReceive received) {
        KafkaChannel channel = openOrClosing(connection);
        RequestHeader header = RequestHeader.parse(received.payload());
        ApiKeys api = header.apiKey();
        check(header);
        if (api == ApiKeys.SASL_HANDSHAKE && reauthenticates(channel, received)) {
            return;
        }
        if (channel.serverAuthenticationSessionExpired(time.nanoseconds())) {
            release(received);
            close(connection);
            return;
        }
        RequestContext context = new RequestContext(
                header,
                connection,
                channel.socketAddress(),
                Optional.of(channel.socketPort()),
                channel.principal(),
                listener.name(),
                listener.protocol(),
                channel.channelMetadataRegistry().clientInformation(),
                false,
                channel.principalSerde());
        AbstractRequest request = context.parseRequest(received.payload()).request;
        if (request instanceof ApiVersionsRequest versions && versions.isValid()) {
            channel.channelMetadataRegistry()
                    .registerClientInformation(new ClientInformation(
                            versions.data().clientSoftwareName(),
                            versions.data().clientSoftwareVersion()));
        }
        selector.mute(connection);
        handle(new Exchange(this, received, context, request, time.nanoseconds()), api);
    }

    /**
     * What was parsed without keeping the request's buffer gives it back before it is handled; what keeps it, as soon as it was handed on; and
     * records when they are appended, which is before their answer. A request that waits must not keep memory that others need to be read.
     */
    private void handle(Exchange exchange, ApiKeys api) {
        if (!api.requiresDelayedAllocation) {
            exchange.release();
        }
        try {
            handler.handle(exchange);
        } catch (Throwable e) {
            exchange.answerError(e);
        }
        if (api != ApiKeys.PRODUCE) {
            exchange.release();
        }
    }

    private void check(RequestHeader header) {
        ApiKeys api = header.apiKey();
        if (api == ApiKeys.API_VERSIONS || handler.serves(api, header.apiVersion())) {
            return;
        }
        String what = "api with key " + api.id + " (" + api.name + ") and version " + header.apiVersion();
        if (header.isApiVersionSupported()) {
            throw new InvalidRequestException("Received request for disabled " + what);
        }
        throw new UnsupportedVersionException("Received request for unsupported " + what);
    }

    private boolean reauthenticates(KafkaChannel channel, NetworkReceive received) {
        try {
            return channel.maybeBeginServerReauthentication(received, time::nanoseconds);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private KafkaChannel openOrClosing(String connection) {
        KafkaChannel channel = selector.channel(connection);
        if (channel == null) {
            channel = selector.closingChannel(connection);
        }
        if (channel == null) {
            throw new IllegalStateException("connection " + connection + " is gone before its request was handled");
        }
        return channel;
    }

    private void completeSends() {
        for (NetworkSend sent : selector.completedSends()) {
            Exchange exchange = sending.remove(sent.destinationId());
            if (exchange != null) {
                end(exchange);
            }
            guarded(sent.destinationId(), this::unmute);
        }
        selector.clearCompletedSends();
    }

    private void unmute(String connection) {
        if (selector.channel(connection) != null) {
            selector.unmute(connection);
        }
    }

    private void forgetDisconnected() {
        for (String connection : selector.disconnected().keySet()) {
            guarded(connection, this::left);
        }
    }

    private boolean isThere(String connection) {
        return selector.channel(connection) != null || selector.closingChannel(connection) != null;
    }

    private void close(String connection) {
        if (isThere(connection)) {
            selector.close(connection);
            left(connection);
        }
    }

    private void left(String connection) {
        sending.remove(connection);
        try {
            handler.disconnected(connection);
        } finally {
            leave(connection);
        }
    }

    private void leave(String connection) {
        ServerConnectionId.fromString(connection)
                .map(id -> new InetSocketAddress(id.remoteHost(), 0).getAddress())
                .ifPresent((InetAddress address) -> limits.left(listener.name(), address));
    }

    /** Gives the buffer of a request back to the pool. */
    private static void release(NetworkReceive received) {
        Utils.closeQuietly(received, "request");
    }

    private void closeAll() {
        registerArrived();
        selector.channels().stream().map(KafkaChannel::id).toList().forEach(this::close);
        selector.close();
        local.close();
    }

    /** Asks the thread to end; its connections are closed. */
    void stop() {
        running = false;
        if (thread.getState() == Thread.State.NEW) {
            closeAll();
            return;
        }
        selector.wakeup();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Waits until the thread has ended. */
    void join(long millis) throws InterruptedException {
        thread.join(millis);
    }
}
