package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retention, compaction, flushing, and errors of the disk. */
class UpkeepTest {
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final long DAY = TimeUnit.DAYS.toMillis(1);

    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime();

    private Shop open(Map<String, String> settings) {
        return open(StorageConfig.in(folder), settings);
    }

    private Shop open(StorageConfig config, Map<String, String> settings) {
        return Shop.open(config, time, topics -> topics.create("t", 1, settings));
    }

    private static Map<String, String> small(String... more) {
        Map<String, String> settings = new java.util.HashMap<>(
                Map.of("internal.segment.bytes", "200", "segment.index.bytes", "4800", "file.delete.delay.ms", "1000"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private static void write(Shop shop, int from, int to) {
        IntStream.range(from, to).forEach(i -> shop.write(T0, "value-" + i));
    }

    @Test
    void segmentsTooOldGoAndListenersAreTold() throws IOException {
        try (Shop shop = open(small("retention.ms", String.valueOf(DAY)))) {
            List<Long> starts = new ArrayList<>();
            write(shop, 0, 10);
            time.pass(DAY / 2);
            write(shop, 10, 20);
            shop.store.listen((partition, log) -> starts.add(log.logStartOffset()));
            time.pass(DAY / 2 + TimeUnit.MINUTES.toMillis(6));
            assertThat(shop.read(T0)).first().isEqualTo("value-10");
            assertThat(starts).containsExactly(10L);
            long files = count(".log");
            assertThat(files).isEqualTo(shop.store.log(T0).numberOfSegments());
        }
    }

    @Test
    void segmentsTooManyGo() {
        try (Shop shop = open(small("retention.bytes", "600", "retention.ms", "-1"))) {
            write(shop, 0, 50);
            time.pass(TimeUnit.MINUTES.toMillis(6));
            assertThat(shop.store.log(T0).size()).isLessThan(800);
            assertThat(shop.read(T0)).endsWith("value-49");
        }
    }

    @Test
    void anOldLogIsOpenedForRetentionOnlyWhenItsFilesSaySo() {
        Map<String, String> settings = small("retention.ms", String.valueOf(DAY));
        try (Shop shop = open(settings)) {
            write(shop, 0, 20);
        }
        try (Shop shop = open(settings)) {
            time.pass(DAY / 2);
            assertThat(shop.store.ready(T0)).isFalse();
            time.pass(DAY);
            assertThat(shop.store.ready(T0)).isTrue();
            assertThat(shop.read(T0)).isEmpty();
            assertThat(shop.write(T0, "next").firstOffset()).isEqualTo(20);
        }
    }

    @Test
    void segmentsBeforeADeletedOffsetGo() {
        try (Shop shop = open(small())) {
            write(shop, 0, 50);
            int before = shop.store.log(T0).numberOfSegments();
            shop.store.deleteRecords(T0, 40);
            time.pass(TimeUnit.MINUTES.toMillis(6));
            assertThat(shop.store.log(T0).numberOfSegments()).isLessThan(before / 2);
            assertThat(shop.read(T0)).startsWith("value-40").hasSize(10);
        }
    }

    @Test
    void theLastOfEachKeyStaysInACompactedTopic() {
        CleanerConfig eager = new CleanerConfig(1, 4 << 20, 0.9, 256 << 10, 1 << 20, Double.MAX_VALUE, 5, true);
        Map<String, String> settings =
                small("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.01", "segment.ms", "100000000000");
        StorageConfig config = StorageConfig.in(folder).withCleaner(eager);
        try (Shop shop = open(config, settings)) {
            for (int i = 0; i < 200; i++) {
                shop.append(
                        T0,
                        org.apache.kafka.common.record.internal.MemoryRecords.withRecords(
                                org.apache.kafka.common.compress.Compression.NONE,
                                shop.record("key-" + i % 5, "value-" + i)));
            }
            await(() -> shop.read(T0).size() < 20);
            assertThat(shop.read(T0)).contains("value-195", "value-196", "value-197", "value-198", "value-199");
            // no longer compacted: the cleaner lets go of it
            shop.topics.set("t", "cleanup.policy", "delete");
            assertThat(shop.write(T0, "next").firstOffset()).isEqualTo(200);
        }
        // what is compacted is opened with the start
        try (Shop shop = open(config, settings)) {
            shop.recovered();
            assertThat(shop.store.ready(T0)).isTrue();
            assertThat(shop.read(T0)).contains("value-199", "next");
        }
    }

    @Test
    void aLogThatIsCompactedSinceIsOpenedForTheCleaner() {
        try (Shop shop = open(small())) {
            write(shop, 0, 10);
        }
        try (Shop shop = open(small())) {
            shop.recovered().topics.set("t", "cleanup.policy", "compact");
            assertThat(shop.store.ready(T0)).isFalse();
            time.pass(TimeUnit.MINUTES.toMillis(6));
            assertThat(shop.store.ready(T0)).isTrue();
        }
    }

    @Test
    void segmentsTakenAwayShortlyBeforeAStopGoWithoutTheLogBeingOpened() throws IOException {
        try (Shop shop = open(small())) {
            write(shop, 0, 10);
        }
        Files.writeString(folder.resolve("t-0/00000000000000000000.log.deleted"), "old");
        try (Shop shop = open(small())) {
            time.pass(TimeUnit.MINUTES.toMillis(1));
            assertThat(count(".deleted")).isZero();
            assertThat(shop.store.ready(T0)).isFalse();
        }
    }

    @Test
    void oneLogThatCannotBeLookedAtDoesNotKeepTheOthersFromRetention() throws IOException {
        Map<String, String> settings = small("retention.ms", String.valueOf(DAY));
        TopicPartition last = new TopicPartition("t", 3);
        try (Shop shop = Shop.open(StorageConfig.in(folder), time, topics -> topics.create("t", 4, settings))) {
            IntStream.range(0, 4).forEach(i -> shop.write(new TopicPartition("t", i), "a", "b"));
        }
        for (int i = 0; i < 3; i++) {
            Files.writeString(folder.resolve("t-" + i + "/not-a-segment-number.log"), "");
        }
        try (Shop shop = Shop.open(StorageConfig.in(folder), time, topics -> topics.create("t", 4, settings))) {
            time.pass(2 * DAY);
            assertThat(shop.store.ready(last)).isTrue();
            assertThat(shop.read(last)).isEmpty();
        }
    }

    @Test
    void aLogIsFlushedWhenItsTopicSaysSo() {
        try (Shop shop = open(Map.of("flush.ms", "5000"))) {
            shop.write(T0, "a");
            UnifiedLog log = shop.store.log(T0);
            assertThat(log.recoveryPoint()).isEqualTo(0);
            time.pass(7_000);
            assertThat(log.recoveryPoint()).isEqualTo(1);
        }
    }

    @Test
    void recoveryPointsAreWrittenDownFromTimeToTime() throws IOException {
        try (Shop shop = open(Map.of("flush.messages", "1"))) {
            shop.write(T0, "a");
            time.pass(60_000);
            assertThat(folder.resolve("recovery-point-offset-checkpoint")).hasContent("0\n1\nt 0 1\n");
        }
    }

    @Test
    void aLogWithAnErrorOfTheDiskIsOpenedAnewAfterASecond() throws IOException {
        try (Shop shop = open(Map.of())) {
            write(shop, 0, 5);
            UnifiedLog hurt = shop.store.log(T0);
            hurt.activeSegment().log().closeHandlers();
            assertThatThrownBy(() -> shop.write(T0, "lost")).isInstanceOf(KafkaStorageException.class);
            assertThat(shop.store.ready(T0)).isFalse();
            assertThat(shop.store.health().failed()).containsOnlyKeys(T0);
            assertThatThrownBy(() -> shop.store.log(T0)).isInstanceOf(KafkaStorageException.class);
            time.pass(1_000);
            assertThat(shop.write(T0, "value-5").firstOffset()).isEqualTo(5);
            assertThat(shop.store.log(T0)).isNotSameAs(hurt);
            assertThat(shop.store.health().failed()).isEmpty();
            assertThat(shop.read(T0)).hasSize(6).endsWith("value-5");
        }
        try (Shop shop = open(Map.of())) {
            assertThat(shop.read(T0)).hasSize(6);
        }
    }

    @Test
    void aLogThatCannotBeOpenedIsTriedOncePerSecond() throws IOException {
        try (Shop shop = open(Map.of())) {
            Path inTheWay = Files.createFile(folder.resolve("t-0"));
            assertThatThrownBy(() -> shop.write(T0, "a")).isInstanceOf(KafkaStorageException.class);
            Files.delete(inTheWay);
            assertThatThrownBy(() -> shop.write(T0, "a")).isInstanceOf(KafkaStorageException.class);
            time.pass(1_000);
            assertThat(shop.write(T0, "a").firstOffset()).isEqualTo(0);
        }
    }

    @Test
    void aFailedLogIsRecoveredByTheNextStart() throws IOException {
        try (Shop shop = open(Map.of())) {
            write(shop, 0, 5);
            shop.store.log(T0).activeSegment().log().closeHandlers();
            assertThatThrownBy(() -> shop.write(T0, "lost")).isInstanceOf(KafkaStorageException.class);
        }
        assertThat(folder.resolve(".kafka_cleanshutdown")).doesNotExist();
        try (Shop shop = open(Map.of()).recovered()) {
            assertThat(shop.read(T0)).hasSize(5);
        }
    }

    @Test
    void manyThreadsOpenALogOnce() throws Exception {
        try (Shop shop = open(Map.of())) {
            write(shop, 0, 5);
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (Shop shop = open(Map.of())) {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<UnifiedLog>> logs = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                logs.add(threads.submit(() -> {
                    go.await();
                    return shop.store.log(T0);
                }));
            }
            go.countDown();
            for (Future<UnifiedLog> log : logs) {
                assertThat(log.get()).isSameAs(shop.store.log(T0));
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void manyWritersGetAllOffsetsAndTheHighWatermarkIsTheEnd() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Shop shop = open(Map.of())) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                writers.add(threads.submit(() -> write(shop, 0, 250)));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            assertThat(shop.store.log(T0).highWatermark()).isEqualTo(1000);
            assertThat(shop.read(T0)).hasSize(1000);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void logsLeaveNothingInTheRegistryThatBrokersShare() {
        int before = KafkaYammerMetrics.defaultRegistry().allMetrics().size();
        try (Shop shop = open(Map.of())) {
            write(shop, 0, 5);
            assertThat(KafkaYammerMetrics.defaultRegistry().allMetrics()).hasSizeLessThanOrEqualTo(before + 1);
        }
    }

    private long count(String suffix) throws IOException {
        try (var files = Files.list(folder.resolve("t-0"))) {
            return files.filter(file -> file.toString().endsWith(suffix)).count();
        }
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 20 s");
            }
            LockSupport.parkNanos(5_000_000);
        }
    }
}
