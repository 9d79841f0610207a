package io.millrace.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsTest {
    private static final int READ_MILLIS = 5_000;

    @TempDir
    Path folder;

    private LightBroker start(String... properties) throws IOException {
        Map<String, String> p = new HashMap<>();
        p.put("listeners", "ONE://127.0.0.1:0,TWO://127.0.0.1:0");
        p.put("listener.security.protocol.map", "ONE:PLAINTEXT,TWO:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("num.network.threads", "1");
        for (int i = 0; i < properties.length; i += 2) {
            p.put(properties[i], properties[i + 1]);
        }
        return LightBroker.start(folder, p);
    }

    private static Socket connect(LightBroker broker, String listener) throws IOException {
        String[] address = broker.bootstrapServers(listener).split(":");
        Socket socket = new Socket(address[0], Integer.parseInt(address[1]));
        socket.setSoTimeout(READ_MILLIS);
        return socket;
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            // reset
            return true;
        }
    }

    private static boolean answers(Socket socket) throws IOException {
        socket.getOutputStream().write(versions(1).array());
        return socket.getInputStream().read() >= 0;
    }

    /** An ApiVersions request of version 0, with its size. */
    private static ByteBuffer versions(int correlation) {
        ByteBuffer request = ByteBuffer.allocate(4 + 2 + 2 + 4 + 2);
        request.putInt(request.capacity() - 4)
                .putShort((short) 18)
                .putShort((short) 0)
                .putInt(correlation)
                .putShort((short) -1);
        request.flip();
        return request;
    }

    @Test
    void anAddressMayHaveSoManyConnectionsAndMoreAfterOneIsClosed() throws Exception {
        try (LightBroker broker = start("max.connections.per.ip", "2");
                Socket first = connect(broker, "ONE");
                Socket second = connect(broker, "TWO")) {
            assertThat(answers(first)).isTrue();
            assertThat(answers(second)).isTrue();
            try (Socket third = connect(broker, "ONE")) {
                assertThat(isClosed(third)).isTrue();
            }
            first.close();
            assertThat(Clients.failure(() -> untilAnswered(broker))).isNull();
        }
    }

    private static void untilAnswered(LightBroker broker) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < deadline) {
            try (Socket again = connect(broker, "ONE")) {
                if (answers(again)) {
                    return;
                }
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
        throw new AssertionError("no connection is taken any more");
    }

    @Test
    void anAddressCanHaveALimitOfItsOwn() throws Exception {
        try (LightBroker broker =
                        start("max.connections.per.ip", "0", "max.connections.per.ip.overrides", "localhost:1");
                Socket first = connect(broker, "ONE");
                Socket second = connect(broker, "ONE")) {
            assertThat(answers(first)).isTrue();
            assertThat(isClosed(second)).isTrue();
        }
    }

    @Test
    void aListenerCanHaveALimitOfItsOwn() throws Exception {
        try (LightBroker broker = start("listener.name.two.max.connections", "1");
                Socket first = connect(broker, "TWO");
                Socket second = connect(broker, "TWO");
                Socket other = connect(broker, "ONE")) {
            assertThat(answers(first)).isTrue();
            assertThat(isClosed(second)).isTrue();
            assertThat(answers(other)).isTrue();
        }
    }

    @Test
    void aConnectionThatIsIdleIsClosed() throws Exception {
        try (LightBroker broker = start("connections.max.idle.ms", "200");
                Socket idle = connect(broker, "ONE")) {
            assertThat(isClosed(idle)).isTrue();
        }
    }

    @Test
    void aRequestThatIsTooLongEndsItsConnectionAndNoOther() throws Exception {
        try (LightBroker broker = start("socket.request.max.bytes", "1000", "queued.max.request.bytes", "1000");
                Socket greedy = connect(broker, "ONE");
                Socket modest = connect(broker, "ONE")) {
            greedy.getOutputStream().write(ByteBuffer.allocate(4).putInt(1001).array());
            assertThat(isClosed(greedy)).isTrue();
            assertThat(answers(modest)).isTrue();
        }
    }

    /** Otherwise the answers would pile up in memory. */
    @Test
    void whoReadsNoAnswersIsNotReadFromEither() throws Exception {
        try (LightBroker broker = start();
                SocketChannel deaf = SocketChannel.open()) {
            String[] address = broker.bootstrapServers("ONE").split(":");
            deaf.setOption(java.net.StandardSocketOptions.SO_RCVBUF, 4096);
            deaf.connect(new InetSocketAddress(address[0], Integer.parseInt(address[1])));
            deaf.configureBlocking(false);
            long most = 64L << 20;
            long sent = 0;
            long lastProgress = System.nanoTime();
            while (sent < most
                    && System.nanoTime() - lastProgress < Duration.ofMillis(700).toNanos()) {
                int n = deaf.write(versions(1));
                sent += n;
                if (n > 0) {
                    lastProgress = System.nanoTime();
                }
            }
            assertThat(sent).as("bytes of requests that the broker took").isLessThan(most);
            try (Socket other = connect(broker, "ONE")) {
                assertThat(answers(other)).isTrue();
            }
        }
    }
}
