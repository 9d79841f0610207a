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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.memory.MemoryPool;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.RequestHeader;
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
    void aLimitThatIsChangedCountsAtOnceAndAfterARestart() throws Exception {
        try (LightBroker broker = start()) {
            set(broker, "max.connections.per.ip", "0", "num.io.threads", "3");
            assertThat(broker.part(IoPool.class).threads()).isEqualTo(3);
            try (Socket one = connect(broker, "ONE")) {
                assertThat(isClosed(one)).isTrue();
            }
        }
        try (LightBroker broker = start();
                Socket one = connect(broker, "ONE")) {
            assertThat(isClosed(one)).isTrue();
            assertThat(broker.part(IoPool.class).threads()).isEqualTo(3);
        }
    }

    @Test
    void aPropertyThatTheRunningBrokerDoesNotFollowIsRefusedUnlessItIsSoAlready() throws Exception {
        try (LightBroker broker = start()) {
            assertThat(Clients.failure(() -> set(broker, "log.cleaner.threads", "2", "message.max.bytes", "2000000")))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage(
                            "This broker cannot take over a change of these configs while it runs; change them in its"
                                    + " server.properties and start it anew: [log.cleaner.threads]");
            assertThat(Clients.failure(() -> set(broker, "listener.name.one.ssl.keystore.location", "/new.pem")))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageEndingWith("[listener.name.one.ssl.keystore.location]");
            assertThat(Clients.failure(() -> set(broker, "log.cleaner.threads", "1")))
                    .isNull();
            assertThat(Clients.failure(() -> set(broker, "follower.replication.throttled.rate", "1000")))
                    .isNull();
        }
    }

    /** Changes properties of this broker. */
    private static void set(LightBroker broker, String... properties) throws Exception {
        List<AlterConfigOp> changes = new ArrayList<>();
        for (int i = 0; i < properties.length; i += 2) {
            changes.add(new AlterConfigOp(new ConfigEntry(properties[i], properties[i + 1]), AlterConfigOp.OpType.SET));
        }
        try (Admin admin = Admin.create(Clients.to(broker.bootstrapServers("ONE"), Map.of()))) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.BROKER, "1"), changes))
                    .all()
                    .get(10, TimeUnit.SECONDS);
        }
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

    /** Long, so that it counts: 30,000 letters are the sender's name. */
    private static byte[] framed(AbstractRequest request) {
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "x".repeat(30_000), 1);
        ByteBuffer bytes = request.serializeWithHeader(header);
        return ByteBuffer.allocate(4 + bytes.remaining())
                .putInt(bytes.remaining())
                .put(bytes)
                .array();
    }

    private static AbstractRequest longPoll() {
        var wanted = new FetchRequest.PartitionData(Uuid.ZERO_UUID, 0, 0, 1_000, Optional.empty());
        return FetchRequest.Builder.forConsumer((short) 12, 60_000, 1, Map.of(new TopicPartition("orders", 0), wanted))
                .build((short) 12);
    }

    @Test
    void readersThatWaitKeepNoMemoryFromRequestsThatCome() throws Exception {
        try (LightBroker broker = start("socket.request.max.bytes", "40000", "queued.max.request.bytes", "40000");
                Admin admin = Admin.create(Clients.to(broker.bootstrapServers("ONE"), Map.of()));
                Socket first = connect(broker, "ONE");
                Socket second = connect(broker, "ONE");
                Socket third = connect(broker, "ONE")) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get(10, TimeUnit.SECONDS);
            first.getOutputStream().write(framed(longPoll()));
            second.getOutputStream().write(framed(longPoll()));
            third.getOutputStream().write(framed(new ApiVersionsRequest.Builder().build((short) 0)));
            assertThat(third.getInputStream().read()).isNotNegative();
        }
    }

    @Test
    void oneWhoAnnouncesLargeRequestsAndSendsNoneStopsNoSmallOnes() throws Exception {
        try (LightBroker broker = start("socket.request.max.bytes", "40000", "queued.max.request.bytes", "40000");
                Socket first = connect(broker, "ONE");
                Socket second = connect(broker, "ONE");
                Socket third = connect(broker, "ONE");
                Socket fourth = connect(broker, "ONE")) {
            for (Socket greedy : List.of(first, second)) {
                greedy.getOutputStream()
                        .write(ByteBuffer.allocate(4).putInt(40_000).array());
            }
            assertThat(answers(third)).isTrue();
            // when this is read, what the greedy ones sent before the third was answered has been
            assertThat(answers(fourth)).isTrue();
        }
    }

    @Test
    void memoryOfRequestsHasALimitWhereNobodySetsOne() {
        assertThat(memory().size())
                .isEqualTo(Math.max(104_857_600, Runtime.getRuntime().maxMemory() / 8));
        assertThat(memory("socket.request.max.bytes", "2000000000").size()).isEqualTo(2_000_000_000);
        assertThat(memory("queued.max.request.bytes", "104857600").size()).isEqualTo(104_857_600);
        assertThat(memory("queued.max.request.bytes", "-1")).isSameAs(MemoryPool.NONE);
    }

    private static MemoryPool memory(String... properties) {
        Map<String, String> p = new HashMap<>();
        for (int i = 0; i < properties.length; i += 2) {
            p.put(properties[i], properties[i + 1]);
        }
        try (Metrics metrics = new Metrics()) {
            return Limits.requests(new BrokerProperties(p), metrics);
        }
    }

    @Test
    void whereMemoryIsUsedUpSmallRequestsAreStillRead() {
        MemoryPool pool = memory("socket.request.max.bytes", "100000", "queued.max.request.bytes", "100000");
        ByteBuffer large = pool.tryAllocate(100_000);
        assertThat(pool.tryAllocate(RequestMemory.SMALL_BYTES + 1)).isNull();
        ByteBuffer small = pool.tryAllocate(RequestMemory.SMALL_BYTES);
        assertThat(small).isNotNull();
        pool.release(small);
        assertThat(pool.availableMemory()).isZero();
        pool.release(large);
        assertThat(pool.availableMemory()).isEqualTo(100_000);
    }

    @Test
    void aRequestThatTheHeapHasNoRoomForEndsItsConnectionAndTakesNothingOfThePool() {
        MemoryPool pool = memory("socket.request.max.bytes", String.valueOf(Integer.MAX_VALUE));
        long before = pool.availableMemory();
        assertThat(Clients.failure(() -> pool.tryAllocate(Integer.MAX_VALUE)))
                .isInstanceOf(KafkaException.class)
                .hasMessage("The heap has no room for a request of 2147483647 bytes");
        assertThat(pool.availableMemory()).isEqualTo(before);
    }
}
