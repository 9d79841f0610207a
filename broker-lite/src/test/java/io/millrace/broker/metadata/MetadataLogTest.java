package io.millrace.broker.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.server.BrokerProperties;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.raft.BatchReader;
import org.apache.kafka.raft.MetadataLogConfig;
import org.apache.kafka.raft.RaftClient;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.raft.internals.KafkaRaftLog;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.snapshot.SnapshotReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataLogTest {
    private static final MetadataLogConfig CONFIG = new MetadataLogConfig(new BrokerProperties(Map.of()));

    @TempDir
    Path folder;

    private final KafkaScheduler scheduler = new KafkaScheduler(1);
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    /** The operation of the log that fails the next time, as a full disk would make it fail. */
    private final AtomicReference<String> broken = new AtomicReference<>("");

    private final AtomicReference<Supplier<Throwable>> failure =
            new AtomicReference<>(() -> new UncheckedIOException(new IOException("No space left on device")));
    /** How many times the log cannot be opened again. */
    private final AtomicInteger reopenings = new AtomicInteger();

    @BeforeEach
    void start() {
        scheduler.startup();
    }

    @AfterEach
    void stop() throws InterruptedException {
        scheduler.shutdown();
    }

    @Test
    void anErrorThatIsNoExceptionIsMetTooAlsoWhileTheLogIsOpenedAgain() throws Exception {
        failure.set(() -> new InternalError("a fault occurred in an unsafe memory access operation"));
        try (MetadataLog log = failing()) {
            log.register(new Teller());
            append(log, "first");
            assertThat(next()).isEqualTo("first");

            reopenings.set(1);
            broken.set("appendAsLeader");
            append(log, "second");

            assertThat(next()).isEqualTo("second");
        }
        assertThat(reopenings).hasValue(0);
        assertThat(reread()).containsExactly("first", "second");
    }

    @Test
    void oneListenersErrorDoesNotKeepAChangeFromTheNext() throws Exception {
        try (MetadataLog log = MetadataLog.open(folder.toFile(), 1, CONFIG, scheduler, Time.SYSTEM)) {
            log.register(new Teller() {
                @Override
                public void handleCommit(BatchReader<ApiMessageAndVersion> reader) {
                    throw new AssertionError("on purpose");
                }
            });
            log.register(new Teller());
            append(log, "first");
            assertThat(next()).isEqualTo("first");
            append(log, "second");
            assertThat(next()).isEqualTo("second");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"appendAsLeader", "flush"})
    void aChangeThatCouldNotBeWrittenIsWrittenOnceAndInItsPlaceWhenTheDiskHeals(String operation) throws Exception {
        try (MetadataLog log = failing()) {
            log.register(new Teller());
            append(log, "first");
            assertThat(next()).isEqualTo("first");

            broken.set(operation);
            append(log, "second");
            append(log, "third");

            assertThat(next()).isEqualTo("second");
            assertThat(next()).isEqualTo("third");
        }
        assertThat(broken).hasValue("");
        assertThat(reread()).containsExactly("first", "second", "third");
    }

    @Test
    void aTornTailIsCutOffAndTheNextLifeGoesOn() throws Exception {
        try (MetadataLog log = MetadataLog.open(folder.toFile(), 1, CONFIG, scheduler, Time.SYSTEM)) {
            append(log, "whole");
        }
        Files.write(segment(), new byte[] {1, 2, 3}, java.nio.file.StandardOpenOption.APPEND);

        assertThat(reread()).containsExactly("whole");
    }

    @Test
    void damageWithChangesBehindItIsRefusedAndNothingIsCut() throws Exception {
        try (MetadataLog log = MetadataLog.open(folder.toFile(), 1, CONFIG, scheduler, Time.SYSTEM)) {
            log.register(new Teller());
            for (String topic : List.of("first", "second", "third")) {
                append(log, topic);
                assertThat(next()).isEqualTo(topic);
            }
        }
        byte[] before = Files.readAllBytes(segment());
        int damaged = before.length / 2;
        try (RandomAccessFile file = new RandomAccessFile(segment().toFile(), "rw")) {
            file.seek(damaged);
            file.write(before[damaged] + 1);
        }

        assertThatThrownBy(() -> MetadataLog.open(folder.toFile(), 1, CONFIG, scheduler, Time.SYSTEM))
                .isInstanceOf(KafkaStorageException.class)
                .hasMessageContaining("[broker.segment-damaged]")
                .hasMessageContaining(segment().toString());
        assertThat(segment()).hasSize(before.length);
    }

    private MetadataLog failing() throws IOException {
        File dir = segment().getParent().toFile();
        return MetadataLog.open(dir, 1, Time.SYSTEM, () -> {
            if (reopenings.get() > 0) {
                reopenings.decrementAndGet();
                throw new InternalError("on purpose");
            }
            return breakable(KafkaRaftLog.createLog(
                    Topic.CLUSTER_METADATA_TOPIC_PARTITION,
                    Uuid.METADATA_TOPIC_ID,
                    dir,
                    Time.SYSTEM,
                    scheduler,
                    CONFIG,
                    1));
        });
    }

    private RaftLog breakable(RaftLog log) {
        return (RaftLog) Proxy.newProxyInstance(
                RaftLog.class.getClassLoader(), new Class<?>[] {RaftLog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals(broken.get())
                            && broken.getAndSet("").equals(method.getName())) {
                        throw failure.get().get();
                    }
                    try {
                        return method.invoke(log, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private List<String> reread() throws Exception {
        told.clear();
        try (MetadataLog log = MetadataLog.open(folder.toFile(), 1, CONFIG, scheduler, Time.SYSTEM)) {
            log.register(new Teller());
            append(log, "end");
            List<String> all = new ArrayList<>();
            for (String topic = next(); !topic.equals("end"); topic = next()) {
                all.add(topic);
            }
            return all;
        }
    }

    private static void append(MetadataLog log, String topic) {
        TopicRecord record = new TopicRecord().setName(topic).setTopicId(Uuid.randomUuid());
        log.prepareAppend(log.leaderAndEpoch().epoch(), List.of(new ApiMessageAndVersion(record, (short) 0)));
        log.schedulePreparedAppend();
    }

    private String next() throws InterruptedException {
        String topic = told.poll(20, TimeUnit.SECONDS);
        assertThat(topic).as("the next change that a listener hears of").isNotNull();
        return topic;
    }

    private Path segment() {
        return folder.resolve("__cluster_metadata-0/00000000000000000000.log");
    }

    /** Writes down which topics it hears of. */
    private class Teller implements RaftClient.Listener<ApiMessageAndVersion> {
        @Override
        public void handleCommit(BatchReader<ApiMessageAndVersion> reader) {
            try (reader) {
                reader.forEachRemaining(
                        batch -> batch.records().forEach(record -> told.add(((TopicRecord) record.message()).name())));
            }
        }

        @Override
        public void handleLoadSnapshot(SnapshotReader<ApiMessageAndVersion> reader) {
            reader.close();
        }

        @Override
        public void handleLoadBootstrap(SnapshotReader<ApiMessageAndVersion> reader) {
            reader.close();
        }
    }
}
