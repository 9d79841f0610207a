package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was acknowledged is there after a kill and after damage to what can be made again; what cannot is told, not deleted. */
class RecoveryTest {
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final TopicPartition U0 = new TopicPartition("u", 0);
    /** Segments of a few records, an index entry for nearly each. */
    private static final Map<String, String> SMALL =
            Map.of("internal.segment.bytes", "2000", "index.interval.bytes", "100", "segment.index.bytes", "4800");

    private static final UnaryOperator<Topics> TOPICS = topics -> topics.create("t", 1, SMALL)
            .create("u", 1, Map.of("index.interval.bytes", "100", "segment.index.bytes", "48000"));

    @TempDir
    Path folder;

    @TempDir
    Path after;

    private final ManualTime time = new ManualTime();

    @Test
    void allThatWasAcknowledgedIsThereAfterAKill() throws IOException {
        List<String> values = values(200);
        try (Shop shop = open(folder)) {
            writeEach(shop, T0, values);
            writeEach(shop, U0, values);
            kill();
        }
        try (Shop shop = open(after).recovered()) {
            assertThat(shop.store.ready(T0)).isTrue();
            assertThat(shop.read(T0)).isEqualTo(values);
            assertThat(shop.read(U0)).isEqualTo(values);
            assertThat(shop.write(T0, "next").firstOffset()).isEqualTo(200);
        }
    }

    @Test
    void logsThatTheKilledRunDidNotOpenAreNotRecovered() throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, T0, values(50));
            writeEach(shop, U0, values(50));
        }
        try (Shop shop = open(folder)) {
            shop.write(U0, "more");
            kill();
        }
        try (Shop shop = open(after).recovered()) {
            assertThat(shop.store.ready(U0)).isTrue();
            assertThat(shop.store.ready(T0)).isFalse();
            assertThat(shop.read(T0)).isEqualTo(values(50));
            assertThat(shop.read(U0)).hasSize(51);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 11, 12, 40, 60, 75})
    void aTornTailIsCut(int bytes) throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, U0, values(20));
            shop.write(U0, "never acknowledged");
            kill();
        }
        Path log = segment(after, "u-0", 0);
        cut(log, Files.size(log) - bytes);
        try (Shop shop = open(after).recovered()) {
            assertThat(shop.read(U0)).isEqualTo(values(20));
            assertThat(shop.write(U0, "next").firstOffset()).isEqualTo(20);
        }
    }

    @Test
    void garbageBehindTheLastBatchIsCut() throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, U0, values(20));
            kill();
        }
        byte[] garbage = new byte[5000];
        new Random(7).nextBytes(garbage);
        Files.write(segment(after, "u-0", 0), garbage, StandardOpenOption.APPEND);
        try (Shop shop = open(after).recovered()) {
            assertThat(shop.read(U0)).isEqualTo(values(20));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".index", ".timeindex"})
    void indexesThatAreMissingOrGarbageAreMadeAgain(String suffix) throws IOException {
        List<String> values = values(200);
        try (Shop shop = open(folder)) {
            writeEach(shop, T0, values);
        }
        List<Path> indexes = files(folder.resolve("t-0"), suffix);
        assertThat(indexes).hasSizeGreaterThan(5);
        Random random = new Random(3);
        for (int i = 0; i < indexes.size(); i++) {
            damageIndex(indexes.get(i), i % 4, random);
        }
        try (Shop shop = open(folder)) {
            assertThat(shop.read(T0)).isEqualTo(values);
            UnifiedLog log = shop.store.log(T0);
            for (int offset = 0; offset < 200; offset++) {
                var records = log.read(offset, 1, FetchIsolation.HIGH_WATERMARK, true).records;
                assertThat(records.batches().iterator().next().baseOffset()).isEqualTo(offset);
            }
            assertThat(shop.write(T0, "next").firstOffset()).isEqualTo(200);
        }
    }

    private static void damageIndex(Path index, int way, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(index);
        switch (way) {
            case 0 -> Files.delete(index);
            case 1 -> Files.write(index, new byte[480]);
            case 2 -> Files.write(index, new byte[] {1, 2, 3});
            default -> {
                random.nextBytes(bytes);
                Files.write(index, bytes);
            }
        }
    }

    @Test
    void anIndexThatPointsBesideItsBatchesIsMadeAgain() throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, U0, values(20));
        }
        Path index = files(folder.resolve("u-0"), ".index").get(0);
        ByteBuffer entries = ByteBuffer.wrap(Files.readAllBytes(index));
        for (int i = 0; i < entries.limit(); i += 8) {
            entries.putInt(i, entries.getInt(i) + 1);
        }
        Files.write(index, entries.array());
        try (Shop shop = open(folder)) {
            UnifiedLog log = shop.store.log(U0);
            for (int offset = 0; offset < 20; offset++) {
                var records = log.read(offset, 1, FetchIsolation.HIGH_WATERMARK, true).records;
                assertThat(records.batches().iterator().next().baseOffset()).isEqualTo(offset);
            }
        }
    }

    @Test
    void damageInAnEarlierSegmentIsToldAndNothingIsDeleted() throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, T0, values(100));
            writeEach(shop, U0, values(5));
            kill();
        }
        List<Path> segments = files(after.resolve("t-0"), ".log");
        Path hurt = segments.get(1);
        long position = flipInBatch(hurt, 3);
        forgetRecoveryPoints();
        Map<Path, Long> before = sizes(after.resolve("t-0"));
        try (Shop shop = open(after).recovered()) {
            String offset = String.valueOf(offsetOf(hurt) + 3);
            String message = hurt + ":" + position + " [broker.segment-damaged] The segment cannot be read from byte '"
                    + position + "' on, which holds offset '" + offset + "': its checksum differs; there are records"
                    + " behind it. Put back a copy of the file; or give up the rest of this segment with 'truncate -s "
                    + position + " " + hurt + "'. The partition is tried again by itself; nothing was deleted.";
            assertThat(shop.store.health().failed()).containsEntry(T0, message);
            assertThatThrownBy(() -> shop.store.log(T0))
                    .isInstanceOf(KafkaStorageException.class)
                    .hasMessage(message);
            assertThat(shop.read(U0)).isEqualTo(values(5));
            assertThat(sizes(after.resolve("t-0"))).isEqualTo(before);

            cut(hurt, position);
            time.pass(1_000);
            List<String> left = new ArrayList<>(values(100));
            long next = offsetOf(segments.get(2));
            left.subList((int) offsetOf(hurt) + 3, (int) next).clear();
            assertThat(shop.read(T0)).isEqualTo(left);
            assertThat(shop.store.health().failed()).isEmpty();
        }
    }

    @Test
    void damageWithReadableBatchesBehindItIsNotCut() throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, U0, values(20));
            kill();
        }
        Path log = segment(after, "u-0", 0);
        long position = flipInBatch(log, 10);
        long size = Files.size(log);
        try (Shop shop = open(after).recovered()) {
            assertThatThrownBy(() -> shop.store.log(U0)).hasMessageContaining(log + ":" + position);
            assertThat(log).hasSize(size);
        }
    }

    @Test
    void aMissingIndexDoesNotHideDamage() throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, U0, values(20));
        }
        Path log = segment(folder, "u-0", 0);
        Files.delete(files(folder.resolve("u-0"), ".index").get(0));
        long position = flipInBatch(log, 10);
        try (Shop shop = open(folder)) {
            assertThatThrownBy(() -> shop.store.log(U0)).hasMessageContaining(log + ":" + position);
        }
    }

    @Test
    void checkpointsThatCannotBeReadCostTimeNotRecords() throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, T0, values(100));
            kill();
        }
        for (String name : List.of(
                "recovery-point-offset-checkpoint",
                "log-start-offset-checkpoint",
                "replication-offset-checkpoint",
                "t-0/leader-epoch-checkpoint")) {
            Files.writeString(after.resolve(name), "not a\ncheckpoint\nat all\n");
        }
        try (Shop shop = open(after).recovered()) {
            assertThat(shop.read(T0)).isEqualTo(values(100));
        }
    }

    @Test
    void anEmptyIdentityFileIsWrittenAgainAndGarbageIsTold() throws IOException {
        try (Shop shop = open(folder)) {
            shop.write(T0, "a");
            shop.write(U0, "a");
        }
        Path empty = folder.resolve("t-0/partition.metadata");
        Path garbage = folder.resolve("u-0/partition.metadata");
        Files.write(empty, new byte[0]);
        Files.writeString(garbage, "what?\n");
        try (Shop shop = open(folder)) {
            assertThat(shop.read(T0)).containsExactly("a");
            assertThat(empty).hasContent("version: 0\ntopic_id: " + Topics.idOf("t"));
            assertThatThrownBy(() -> shop.store.log(U0))
                    .hasMessageStartingWith(
                            garbage + " [broker.folder-unknown] The file does not say which topic the folder is of: ")
                    .hasMessageEndingWith("Put back a copy of it, or delete it to let the present topic have the"
                            + " folder's records. Nothing was deleted.");
            assertThat(garbage).hasContent("what?\n");
        }
    }

    @Test
    void whatCompactionLeftHalfDoneIsFinishedOrForgotten() throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, T0, values(100));
            kill();
        }
        List<Path> segments = files(after.resolve("t-0"), ".log");
        // written, not yet in place of the old one
        Path swapped = segments.get(1);
        for (String suffix : List.of(".log", ".index", ".timeindex")) {
            Path file = sibling(swapped, suffix);
            Files.move(file, Path.of(file + ".swap"));
        }
        // half written
        Files.write(Path.of(segments.get(2) + ".cleaned"), new byte[] {1, 2, 3});
        Files.write(Path.of(sibling(segments.get(2), ".index") + ".cleaned"), new byte[] {1});
        try (Shop shop = open(after).recovered()) {
            assertThat(shop.read(T0)).isEqualTo(values(100));
            assertThat(files(after.resolve("t-0"), ".cleaned")).isEmpty();
            assertThat(files(after.resolve("t-0"), ".swap")).isEmpty();
        }
    }

    @Test
    void producersAreKnownAfterAKill() throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, T0, values(30));
            shop.append(T0, idempotent(shop, 7, 0, "x"));
            assertThat(shop.append(T0, idempotent(shop, 7, 1, "y")).firstOffset())
                    .isEqualTo(31);
            kill();
        }
        try (Shop shop = open(after)) {
            LogAppendInfo again = shop.append(T0, idempotent(shop, 7, 1, "y"));
            assertThat(again.firstOffset()).isEqualTo(31);
            assertThatThrownBy(() -> shop.append(T0, idempotent(shop, 7, 5, "z")))
                    .isInstanceOf(OutOfOrderSequenceException.class);
            assertThat(shop.append(T0, idempotent(shop, 7, 2, "z")).firstOffset())
                    .isEqualTo(32);
        }
    }

    @Test
    void producersAreKnownAfterTheirStateWasLost() throws IOException {
        try (Shop shop = open(folder)) {
            shop.append(U0, idempotent(shop, 7, 0, "x"));
        }
        for (Path snapshot : files(folder.resolve("u-0"), ".snapshot")) {
            Files.delete(snapshot);
        }
        try (Shop shop = open(folder)) {
            assertThat(shop.append(U0, idempotent(shop, 7, 0, "x")).firstOffset())
                    .isEqualTo(0);
            assertThat(shop.store.log(U0).logEndOffset()).isEqualTo(1);
        }
    }

    @Test
    void producersAreKnownAfterAKillOfALogWithoutSnapshots() throws IOException {
        try (Shop shop = open(folder)) {
            shop.append(U0, idempotent(shop, 7, 0, "x"));
            kill();
        }
        try (Shop shop = open(after)) {
            assertThat(shop.append(U0, idempotent(shop, 7, 0, "x")).firstOffset())
                    .isEqualTo(0);
            assertThat(shop.store.log(U0).logEndOffset()).isEqualTo(1);
        }
    }

    @Test
    void transactionsAreKnownAfterAKillAndTheAbortedOnesAfterDamageToTheirIndex() throws IOException {
        try (Shop shop = open(folder)) {
            shop.write(U0, "a");
            begin(shop, 9, "in a transaction");
            shop.write(U0, "b");
            assertThat(shop.store.log(U0).lastStableOffset()).isEqualTo(1);
            kill();
        }
        try (Shop shop = open(after)) {
            assertThat(shop.store.log(U0).lastStableOffset()).isEqualTo(1);
            abort(shop, 9);
            assertThat(shop.store.log(U0).lastStableOffset()).isEqualTo(4);
            copy(after, folder.resolve("again"));
        }
        for (Path where : List.of(after, folder.resolve("again"))) {
            try (Shop shop = open(where)) {
                assertThat(shop.store.log(U0).collectAbortedTransactions(0, 4)).hasSize(1);
            }
        }
        Files.write(files(after.resolve("u-0"), ".txnindex").get(0), new byte[] {1, 2, 3});
        try (Shop shop = open(after)) {
            assertThat(shop.store.log(U0).collectAbortedTransactions(0, 4)).hasSize(1);
            assertThat(shop.store.log(U0).lastStableOffset()).isEqualTo(4);
        }
    }

    private static void begin(Shop shop, long producer, String value) {
        VerificationGuard guard = shop.store.log(U0).maybeStartTransactionVerification(producer, 0, (short) 0, false);
        shop.store.append(
                U0,
                MemoryRecords.withTransactionalRecords(
                        Compression.NONE, producer, (short) 0, 0, shop.record(value, value)),
                AppendOrigin.CLIENT,
                guard,
                (short) 1,
                RequestLocal.noCaching());
    }

    private static void abort(Shop shop, long producer) {
        shop.store.append(
                U0,
                MemoryRecords.withEndTransactionMarker(
                        shop.time.milliseconds(),
                        producer,
                        (short) 0,
                        new EndTransactionMarker(ControlRecordType.ABORT, 0)),
                AppendOrigin.COORDINATOR,
                VerificationGuard.SENTINEL,
                (short) 1,
                RequestLocal.noCaching());
    }

    @Test
    void aSecondKillDuringRecoveryLosesNothing() throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, T0, values(100));
            kill();
        }
        try (Shop shop = open(after).recovered()) {
            shop.write(T0, "more");
            copy(after, folder.resolve("again"));
        }
        try (Shop shop = open(folder.resolve("again")).recovered()) {
            assertThat(shop.read(T0)).hasSize(101).startsWith("value-0").endsWith("more");
        }
    }

    @Test
    void whatWasRecoveredIsFlushedBeforeTheLogCountsAsOnTheDisk() throws IOException {
        try (Shop shop = open(folder)) {
            writeEach(shop, U0, values(5));
            kill();
        }
        try (Shop shop = open(after).recovered()) {
            assertThat(shop.store.log(U0).recoveryPoint()).isEqualTo(0);
        }
        assertThat(after.resolve("recovery-point-offset-checkpoint")).content().contains("u 0 5");
    }

    private static MemoryRecords idempotent(Shop shop, long producer, int sequence, String value) {
        return MemoryRecords.withIdempotentRecords(
                Compression.NONE, producer, (short) 0, sequence, shop.record(value, value));
    }

    private Shop open(Path where) {
        return Shop.open(StorageConfig.in(where), time, TOPICS);
    }

    /** Leaves in another folder what a kill would: the system's cache as it is, nothing closed. */
    private void kill() throws IOException {
        copy(folder, after);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    if (!file.startsWith(to)) {
                        Files.createDirectories(copy);
                    }
                } else if (!file.getFileName().toString().equals(".lock")) {
                    Files.copy(file, copy);
                }
            }
        }
    }

    private void forgetRecoveryPoints() throws IOException {
        Files.deleteIfExists(after.resolve("recovery-point-offset-checkpoint"));
    }

    private static List<String> values(int count) {
        return IntStream.range(0, count).mapToObj(i -> "value-" + i).toList();
    }

    private static void writeEach(Shop shop, TopicPartition partition, List<String> values) {
        values.forEach(value -> shop.write(partition, value));
    }

    private static Path segment(Path folder, String partition, long base) {
        return folder.resolve(partition).resolve(String.format("%020d.log", base));
    }

    private static Path sibling(Path segment, String suffix) {
        return Path.of(segment.toString().replace(".log", suffix));
    }

    private static long offsetOf(Path segment) {
        return Long.parseLong(segment.getFileName().toString().substring(0, 20));
    }

    private static List<Path> files(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    private static Map<Path, Long> sizes(Path folder) throws IOException {
        Map<Path, Long> sizes = new java.util.TreeMap<>();
        for (Path file : files(folder, ".log")) {
            sizes.put(file, Files.size(file));
        }
        return sizes;
    }

    private static void cut(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    /**
     * Changes a byte of the records of a segment's n-th batch.
     *
     * @return where that batch begins
     */
    private static long flipInBatch(Path segment, int number) throws IOException {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long position = 0;
            ByteBuffer header = ByteBuffer.allocate(12);
            for (int i = 0; i < number; i++) {
                header.clear();
                channel.read(header, position);
                position += 12 + header.getInt(8);
            }
            channel.write(ByteBuffer.wrap(new byte[] {(byte) 0xee}), position + 66);
            return position;
        }
    }
}
