package io.millrace.broker.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.Brokers;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes in, a client of good manners is served during and after it, and nothing is left behind. */
class FuzzTest {
    private static final int ROUNDS = Integer.getInteger("millrace.broker.fuzz.rounds", 600);
    private static final long SEED = Long.getLong("millrace.broker.fuzz.seed", 4L);
    private static final String ENGINE = System.getProperty("millrace.broker.fuzz.engine", "light");
    private static final TopicPartition PARTITION = new TopicPartition("good", 0);
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int IMPATIENCE_MILLIS = 5;
    /** What a group or a reader waits for, and what wants no answer. */
    private static final Set<ApiKeys> MAY_WAIT =
            EnumSet.of(ApiKeys.PRODUCE, ApiKeys.FETCH, ApiKeys.JOIN_GROUP, ApiKeys.SYNC_GROUP);

    @TempDir
    Path home;

    private final Random random = new Random(SEED);
    private Brokers.Running broker;
    private KafkaProducer<String, String> producer;
    private long sent;

    @BeforeEach
    void start() throws Exception {
        broker = Brokers.start(home, ENGINE, Map.of("socket.request.max.bytes", "1000000"));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()), new StringSerializer(), new StringSerializer());
        behave();
    }

    @AfterEach
    void stop() {
        producer.close(Duration.ofSeconds(5));
        broker.close();
    }

    @Test
    void randomBodiesOfEveryRequestAndVersion() throws Exception {
        List<ApiKeys> keys = List.of(ApiKeys.values());
        behaveThrough(ROUNDS, round -> {
            ApiKeys key = keys.get(random.nextInt(keys.size()));
            short version = (short) (random.nextInt(key.latestVersion() + 3) - 1);
            byte[] body = bytes(random.nextInt(120));
            ask(key, framed(header(key.id, version), body));
        });
    }

    @Test
    void headersOfNoRequest() throws Exception {
        behaveThrough(ROUNDS / 3, round -> {
            ByteBuffer header =
                    ByteBuffer.allocate(4).putShort((short) random.nextInt()).putShort((short) random.nextInt());
            knock(framed(header.array(), bytes(random.nextInt(60))));
        });
    }

    /** Zero-filled bodies are well-formed for many requests: empty lists, nulls, ids of 0. */
    @Test
    void bodiesOfZerosAndOfOnes() throws Exception {
        for (ApiKeys key : ApiKeys.values()) {
            for (short version : key.allVersions()) {
                byte[] body = new byte[64];
                ask(key, framed(header(key.id, version), body));
                Arrays.fill(body, (byte) 0xff);
                ask(key, framed(header(key.id, version), body));
                Arrays.fill(body, (byte) 1);
                ask(key, framed(header(key.id, version), body));
            }
        }
        behave();
    }

    @Test
    void lengthsThatAreWrong() throws Exception {
        byte[] request = framed(header(ApiKeys.METADATA.id, (short) 1), new byte[] {0, 0, 0, 0});
        behaveThrough(200, round -> {
            int length =
                    switch (round % 6) {
                        case 0 -> -1;
                        case 1 -> Integer.MIN_VALUE;
                        case 2 -> Integer.MAX_VALUE;
                        case 3 -> 1_000_001;
                        case 4 -> 0;
                        default -> random.nextInt();
                    };
            byte[] wrong = request.clone();
            ByteBuffer.wrap(wrong).putInt(length);
            knock(wrong);
        });
    }

    @Test
    void manyConnectionsThatStopInTheMiddle() throws Exception {
        byte[] request = framed(header(ApiKeys.METADATA.id, (short) 1), new byte[] {0, 0, 0, 0});
        long files = openFiles();
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                Socket socket = connect();
                open.add(socket);
                socket.getOutputStream().write(request, 0, i % request.length);
            }
            behave();
        } finally {
            for (Socket socket : open) {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        }
        behave();
        nothingIsLeft(files);
    }

    private interface Round {
        void play(int number) throws IOException;
    }

    private void behaveThrough(int rounds, Round round) throws Exception {
        long threads = ManagementFactory.getThreadMXBean().getThreadCount();
        long files = openFiles();
        for (int i = 0; i < rounds; i++) {
            round.play(i);
            if (i % 250 == 0) {
                behave();
            }
        }
        behave();
        nothingIsLeft(files);
        assertThat((long) ManagementFactory.getThreadMXBean().getThreadCount())
                .as("threads")
                .isLessThan(threads + 20);
    }

    /** A record is written, and read back. */
    private void behave() throws Exception {
        long offset = producer.send(new ProducerRecord<>("good", 0, null, String.valueOf(sent)))
                .get(15, TimeUnit.SECONDS)
                .offset();
        sent++;
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seek(PARTITION, offset);
            assertThat(consumer.poll(Duration.ofSeconds(15)).records(PARTITION))
                    .singleElement()
                    .satisfies(record -> assertThat(record.value()).isEqualTo(String.valueOf(sent - 1)));
        }
    }

    /** Sends a whole request: it is answered, or the connection is closed; only some may take their time. */
    private void ask(ApiKeys key, byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout(MAY_WAIT.contains(key) ? IMPATIENCE_MILLIS : PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readFully(new byte[in.readInt()]);
        } catch (SocketTimeoutException e) {
            assertThat(MAY_WAIT)
                    .as(
                            "version %s of %s is not answered",
                            ByteBuffer.wrap(bytes).getShort(6), key)
                    .contains(key);
        } catch (EOFException e) {
            // refused
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("Connection reset|Broken pipe.*");
        }
    }

    /** Sends bytes and goes away without a word more. */
    private void knock(byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("Connection reset|Broken pipe.*");
        }
    }

    private Socket connect() throws IOException {
        int colon = broker.bootstrapServers().lastIndexOf(':');
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(
                "127.0.0.1", Integer.parseInt(broker.bootstrapServers().substring(colon + 1))));
        return socket;
    }

    private byte[] header(short key, short version) {
        RequestHeaderData data = new RequestHeaderData()
                .setRequestApiKey(key)
                .setRequestApiVersion(version)
                .setCorrelationId(random.nextInt())
                .setClientId("fuzz");
        ApiKeys api = ApiKeys.forId(key);
        short headerVersion = api.isVersionSupported(version) ? api.requestHeaderVersion(version) : 1;
        ByteBuffer buffer =
                MessageUtil.toByteBufferAccessor(data, headerVersion).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static byte[] framed(byte[] header, byte[] body) {
        return ByteBuffer.allocate(4 + header.length + body.length)
                .putInt(header.length + body.length)
                .put(header)
                .put(body)
                .array();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        // small numbers get further than noise does
        for (int i = 0; i < count; i++) {
            bytes[i] = random.nextInt(3) == 0 ? bytes[i] : (byte) random.nextInt(4);
        }
        return bytes;
    }

    private static void nothingIsLeft(long before) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (openFiles() > before + 20) {
            assertThat(System.nanoTime())
                    .as("open files: %s, before: %s", openFiles(), before)
                    .isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** 0 where the system does not tell. */
    private static long openFiles() throws IOException {
        Path files = Path.of("/proc/self/fd");
        if (!Files.isDirectory(files)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(files)) {
            return all.count();
        }
    }
}
