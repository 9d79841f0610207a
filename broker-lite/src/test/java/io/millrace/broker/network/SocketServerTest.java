package io.millrace.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.server.BrokerProperties;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.common.memory.MemoryPool;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.apache.kafka.common.security.token.delegation.internals.DelegationTokenCache;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.security.CredentialProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketServerTest {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final ListenerName NAME = new ListenerName("PLAINTEXT");

    private final Metrics metrics = new Metrics();
    private final ConnectionLimits limits = new ConnectionLimits(100, Map.of(), 100, Map.of());
    private SocketServer server;

    /** Handles as it is told, on one network thread. */
    private record Handler(Consumer<Exchange> handling, Runnable disconnect) implements RequestHandler {
        @Override
        public void handle(Exchange exchange) {
            handling.accept(exchange);
        }

        @Override
        public boolean serves(ApiKeys api, short version) {
            return true;
        }

        @Override
        public ApiVersionsResponse served(short version) {
            return new ApiVersionsResponse(new ApiVersionsResponseData());
        }

        @Override
        public void disconnected(String connectionId) {
            disconnect.run();
        }
    }

    private void serve(Consumer<Exchange> handling, Runnable disconnect) throws IOException {
        BrokerProperties config = new BrokerProperties(Map.of("log.dirs", "unused", "num.network.threads", "1"));
        Listener listener = new Listener(NAME, SecurityProtocol.PLAINTEXT, "127.0.0.1", 0);
        server = SocketServer.bind(List.of(listener), config, metrics, Time.SYSTEM, limits);
        server.start(
                new Handler(handling, disconnect),
                new CredentialProvider(
                        ScramMechanism.mechanismNames(), new DelegationTokenCache(ScramMechanism.mechanismNames())),
                MemoryPool.NONE);
    }

    @AfterEach
    void stop() {
        server.close();
        metrics.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port(NAME));
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** Sends an ApiVersions request of version 0; the error of its answer. */
    private static Errors ask(Socket socket) throws IOException {
        socket.getOutputStream()
                .write(ByteBuffer.allocate(14)
                        .putInt(10)
                        .putShort(ApiKeys.API_VERSIONS.id)
                        .putShort((short) 0)
                        .putInt(7)
                        .putShort((short) -1)
                        .array());
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        return Errors.forCode(ByteBuffer.wrap(answer).getShort(4));
    }

    private static void answer(Exchange exchange) {
        exchange.answer(new ApiVersionsResponse(new ApiVersionsResponseData()));
    }

    @Test
    void anErrorOfAHandlerIsAnsweredAndTheThreadGoesOn() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        serve(
                exchange -> {
                    if (asked.getAndIncrement() == 0) {
                        throw new OutOfMemoryError("not really");
                    }
                    answer(exchange);
                },
                () -> {});
        try (Socket first = connect();
                Socket second = connect()) {
            assertThat(ask(first)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
            assertThat(ask(first)).isEqualTo(Errors.NONE);
            assertThat(ask(second)).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void anAnswerThatCannotBePutIntoBytesEndsItsConnectionAndNoOther() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        serve(
                exchange -> {
                    if (asked.getAndIncrement() == 0) {
                        exchange.answer(new ApiVersionsResponse(new ApiVersionsResponseData().setApiKeys(null)));
                    } else {
                        answer(exchange);
                    }
                },
                () -> {});
        try (Socket first = connect();
                Socket second = connect()) {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> ask(first)))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(java.net.SocketTimeoutException.class);
            assertThat(ask(second)).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void anErrorAtTheEndOfAConnectionEndsNeitherTheThreadNorTheCountOfConnections() throws Exception {
        serve(SocketServerTest::answer, () -> {
            throw new AssertionError("not really");
        });
        try (Socket first = connect()) {
            assertThat(ask(first)).isEqualTo(Errors.NONE);
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (limits.open() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(5_000_000);
        }
        assertThat(limits.open()).isZero();
        try (Socket second = connect()) {
            assertThat(ask(second)).isEqualTo(Errors.NONE);
        }
    }

    @Test
    void tellsWhetherItsThreadsRun() throws Exception {
        serve(SocketServerTest::answer, () -> {});
        assertThat(server.isServing()).isTrue();
        server.close();
        assertThat(server.isServing()).isFalse();
    }
}
