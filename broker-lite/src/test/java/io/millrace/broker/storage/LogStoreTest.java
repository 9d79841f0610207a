package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogStoreTest {
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final TopicPartition T1 = new TopicPartition("t", 1);

    @TempDir
    Path folder;

    @Test
    void aPartitionHasNoFolderBeforeItsFirstAppend() {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 2, Map.of()))) {
            assertThat(shop.store.untouched(T0)).isTrue();
            assertThat(shop.store.ready(T0)).isFalse();
            shop.write(T0, "a");
            assertThat(shop.store.untouched(T0)).isFalse();
            assertThat(shop.store.ready(T0)).isTrue();
            assertThat(folder.resolve("t-0")).isDirectory();
            assertThat(folder.resolve("t-1")).doesNotExist();
            assertThat(shop.store.untouched(T1)).isTrue();
        }
    }

    @Test
    void whatIsAppendedIsCommittedAndTold() {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            List<Long> told = new ArrayList<>();
            shop.store.listen((partition, log) -> told.add(log.highWatermark()));
            assertThat(shop.write(T0, "a", "b").firstOffset()).isEqualTo(0);
            assertThat(shop.write(T0, "c").firstOffset()).isEqualTo(2);
            assertThat(shop.store.log(T0).highWatermark()).isEqualTo(3);
            assertThat(told).containsExactly(2L, 3L);
            assertThat(shop.read(T0)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void recordsAreThereAfterACleanStopAndLogsOpenWithTheirFirstUse() {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 2, Map.of()))) {
            shop.write(T0, "a", "b");
        }
        assertThat(folder.resolve(".kafka_cleanshutdown")).exists();
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 2, Map.of()))) {
            shop.recovered();
            assertThat(folder.resolve(".kafka_cleanshutdown")).doesNotExist();
            assertThat(shop.store.untouched(T0)).isFalse();
            assertThat(shop.store.ready(T0)).isFalse();
            assertThat(shop.read(T0)).containsExactly("a", "b");
            assertThat(shop.store.ready(T0)).isTrue();
            assertThat(shop.write(T0, "c").firstOffset()).isEqualTo(2);
        }
    }

    @Test
    void anUnknownPartitionIsNobodys() {
        try (Shop shop = Shop.open(folder, topics -> topics)) {
            assertThat(shop.store.untouched(T0)).isFalse();
            assertThat(shop.store.ready(T0)).isFalse();
            assertThatThrownBy(() -> shop.store.log(T0)).isInstanceOf(UnknownTopicOrPartitionException.class);
            assertThatThrownBy(() -> shop.write(T0, "a")).isInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void aDeletedTopicsFolderGoesAfterTheDelayAndItsNameIsFreeAtOnce() throws IOException {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "old");
            var reader = shop.store.log(T0);
            shop.topics.delete("t").create("t", Uuid.randomUuid(), 1, Map.of());
            assertThat(shop.store.untouched(T0)).isTrue();
            assertThat(shop.write(T0, "new").firstOffset()).isEqualTo(0);
            assertThat(shop.read(T0)).containsExactly("new");
            assertThat(reader.logEndOffset()).isEqualTo(1);
            assertThat(folders("-delete")).hasSize(1);
            shop.time.pass(60_000);
            assertThat(folders("-delete")).isEmpty();
            assertThat(shop.read(T0)).containsExactly("new");
        }
    }

    @Test
    void aTopicMadeAgainDoesNotGetItsNamesakesOffsets() {
        Uuid again = Uuid.randomUuid();
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "a", "b", "c");
            shop.store.deleteRecords(T0, 3);
            shop.time.pass(60_000);
            shop.topics.delete("t").create("t", again, 1, Map.of());
            shop.write(T0, "x");
        }
        deleteMarker();
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", again, 1, Map.of()))) {
            assertThat(shop.recovered().read(T0)).containsExactly("x");
        }
    }

    @Test
    void foldersLeftForDeletionGoWithTheNextStart() throws IOException {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "old");
            shop.topics.delete("t");
        }
        assertThat(folders("-delete")).hasSize(1);
        try (Shop shop = Shop.open(folder, topics -> topics)) {
            shop.recovered();
            assertThat(folders("-delete")).isEmpty();
        }
    }

    @Test
    void aFolderThatTheMetadataDoesNotKnowIsSetAside() throws IOException {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "a");
        }
        try (Shop shop = Shop.open(folder, topics -> topics)) {
            assertThat(folders("-stray")).hasSize(1);
            assertThat(shop.store.health().failed()).isEmpty();
        }
        assertThat(folder.resolve("t-0")).doesNotExist();
    }

    @Test
    void aFolderOfAnotherTopicOfThisNameIsSetAsideNotRead() throws IOException {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "theirs");
        }
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", Uuid.randomUuid(), 1, Map.of()))) {
            assertThat(shop.read(T0)).isEmpty();
            shop.write(T0, "ours");
            assertThat(shop.read(T0)).containsExactly("ours");
            assertThat(folders("-stray")).hasSize(1);
        }
    }

    @Test
    void foreignFilesAndFoldersAreLeftAlone() throws IOException {
        Files.createDirectory(folder.resolve("lost+found"));
        Files.createDirectories(folder.resolve("backup-2").resolve("mine"));
        Files.writeString(folder.resolve("notes.txt"), "mine");
        Shop.open(folder, topics -> topics).close();
        assertThat(folder.resolve("lost+found")).isDirectory();
        assertThat(folder.resolve("backup-2/mine")).isDirectory();
        assertThat(folder.resolve("notes.txt")).hasContent("mine");
    }

    @Test
    void oneFolderServesOneStore() {
        try (Shop shop = Shop.open(folder, topics -> topics)) {
            assertThat(shop.store.health().failed()).isEmpty();
            assertThatThrownBy(() -> Shop.open(folder, topics -> topics))
                    .hasMessage(folder + " [broker.folder-in-use] The data folder '" + folder
                            + "' is in use by another broker. Stop the other run, or choose another folder"
                            + " and port (--data-dir, --broker-port).");
        }
        Shop.open(folder, topics -> topics).close();
    }

    @Test
    void recordsAreDeletedUpToAnOffsetAndStayDeleted() {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "a");
            shop.write(T0, "b");
            shop.write(T0, "c");
            assertThat(shop.store.deleteRecords(T0, 2)).isEqualTo(2);
            assertThatThrownBy(() -> shop.store.deleteRecords(T0, 4)).isInstanceOf(OffsetOutOfRangeException.class);
            assertThat(shop.read(T0)).containsExactly("c");
        }
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            assertThat(shop.read(T0)).containsExactly("c");
            assertThat(shop.store.deleteRecords(T0, -1)).isEqualTo(3);
            assertThat(shop.read(T0)).isEmpty();
        }
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            assertThat(shop.store.log(T0).logStartOffset()).isEqualTo(3);
            assertThat(shop.write(T0, "d").firstOffset()).isEqualTo(3);
        }
    }

    @Test
    void recordsOfACompactedTopicAreNotDeletedByClients() {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of("cleanup.policy", "compact")))) {
            shop.write(T0, "a");
            assertThatThrownBy(() -> shop.store.deleteRecords(T0, 1)).isInstanceOf(PolicyViolationException.class);
        }
    }

    @Test
    void settingsReachOpenLogsAndThoseOpenedLater() {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 2, Map.of("retention.ms", "1000")))) {
            shop.write(T0, "a");
            assertThat(shop.store.log(T0).config().retentionMs).isEqualTo(1000);
            shop.topics.set("t", "retention.ms", "2000");
            shop.write(T1, "a");
            assertThat(shop.store.log(T0).config().retentionMs).isEqualTo(2000);
            assertThat(shop.store.log(T1).config()).isSameAs(shop.store.log(T0).config());
        }
    }

    @Test
    void epochsFollowTheElections() {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "a", "b");
            shop.topics.elect(T0);
            shop.write(T0, "c");
            assertThat(shop.store.log(T0).latestEpoch()).contains(1);
            assertThat(shop.store.log(T0).endOffsetForEpoch(0).orElseThrow().offset())
                    .isEqualTo(2);
        }
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.topics.elect(T0).elect(T0);
            assertThat(shop.store.log(T0).latestEpoch()).contains(2);
            assertThat(shop.store.log(T0).endOffsetForEpoch(1).orElseThrow().offset())
                    .isEqualTo(3);
        }
    }

    @Test
    void sizesAreToldOfLogsThatAreNotOpen() {
        long size;
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 2, Map.of()))) {
            shop.write(T0, "a", "b");
            size = shop.store.log(T0).size();
            assertThat(shop.store.sizes()).containsEntry(T0, size).containsEntry(T1, 0L);
        }
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 2, Map.of()))) {
            assertThat(shop.store.sizes()).containsEntry(T0, size).containsEntry(T1, 0L);
            assertThat(shop.store.ready(T0)).isFalse();
        }
    }

    @Test
    void filesAreAsKafkaWritesThem() throws IOException {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "a", "b");
        }
        assertThat(folder.resolve("t-0/partition.metadata")).hasContent("version: 0\ntopic_id: " + Topics.idOf("t"));
        assertThat(folder.resolve("t-0/leader-epoch-checkpoint")).hasContent("0\n1\n0 0\n");
        assertThat(folder.resolve("recovery-point-offset-checkpoint")).hasContent("0\n1\nt 0 2\n");
        assertThat(folder.resolve("replication-offset-checkpoint")).hasContent("0\n1\nt 0 2\n");
        assertThat(folder.resolve("t-0/00000000000000000002.snapshot")).exists();
        assertThat(folder.resolve("t-0/00000000000000000000.index")).hasSize(0);
    }

    @Test
    void recordsForADeletedTopicAreNotAppendedToItsNamesake() {
        Uuid again = Uuid.randomUuid();
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.topics.delete("t").create("t", again, 1, Map.of());
            assertThatThrownBy(() -> shop.write(new TopicIdPartition(Topics.idOf("t"), T0), "late"))
                    .isInstanceOf(UnknownTopicIdException.class)
                    .hasMessage("The topic id of t-0 is '" + again + "', not '" + Topics.idOf("t") + "'.");
            assertThat(shop.store.untouched(T0)).isTrue();
            shop.write(new TopicIdPartition(again, T0), "x");
            assertThat(shop.read(T0)).containsExactly("x");
        }
    }

    @Test
    void aNewTopicIsNotMadeWhileTheFilesMaySpeakOfItsNamesake() throws IOException {
        Path inTheWay = folder.resolve("log-start-offset-checkpoint.tmp");
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "a", "b", "c");
            shop.store.deleteRecords(T0, 3);
            shop.time.pass(60_000);
            shop.topics.delete("t").create("t", Uuid.randomUuid(), 1, Map.of());
            Files.createDirectory(inTheWay);

            assertThatThrownBy(() -> shop.write(T0, "x")).isInstanceOf(KafkaStorageException.class);
            assertThat(folder.resolve("t-0")).doesNotExist();

            Files.delete(inTheWay);
            shop.time.pass(1_000);
            shop.write(T0, "x");
            assertThat(folder.resolve("log-start-offset-checkpoint")).hasContent("0\n0\n");
        }
    }

    @Test
    void aFolderThatIsSetAsideLeavesItsStartBehindForNobody() {
        Uuid again = Uuid.randomUuid();
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "a", "b", "c");
            shop.store.deleteRecords(T0, 3);
        }
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", again, 1, Map.of()))) {
            shop.write(T0, "x");
            assertThat(folder.resolve("log-start-offset-checkpoint")).hasContent("0\n0\n");
            assertThat(shop.read(T0)).containsExactly("x");
        }
    }

    @Test
    void aStartBeyondTheEndDeletesNothing() throws IOException {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "a", "b", "c");
        }
        Files.writeString(folder.resolve("log-start-offset-checkpoint"), "0\n1\nt 0 5000\n");
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            assertThat(shop.read(T0)).containsExactly("a", "b", "c");
            assertThat(shop.write(T0, "d").firstOffset()).isEqualTo(3);
        }
    }

    @Test
    void onePartitionsErrorDoesNotKeepAChangeFromTheOthers() throws IOException {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 3, Map.of()))) {
            for (int i = 0; i < 3; i++) {
                shop.write(new TopicPartition("t", i), "a");
            }
            Path epochs = folder.resolve("t-0/leader-epoch-checkpoint");
            Files.delete(epochs);
            Files.createDirectory(epochs);

            shop.topics.electAll("t");

            assertThat(shop.store.log(T1).latestEpoch()).contains(1);
            assertThat(shop.store.log(new TopicPartition("t", 2)).latestEpoch()).contains(1);
            Files.delete(epochs);
            shop.time.pass(1_000);
            assertThat(shop.store.log(T0).latestEpoch()).contains(1);
        }
    }

    @Test
    void aTopicIsDeletedAtOnceThoughItsLogIsBeingOpenedAndItsNamesakeWaits() throws Exception {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "old");
        }
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            HeldUp opening = new HeldUp("PartitionLog");
            shop.recovered().time.whenAsked(opening);
            Future<?> reader = threads.submit(() -> opening.holdUp(() -> shop.store.log(T0)));
            opening.awaitHeldUp();

            threads.submit(() -> shop.topics.delete("t").create("t", Uuid.randomUuid(), 1, Map.of()))
                    .get(20, TimeUnit.SECONDS);
            Future<?> writer = threads.submit(() -> shop.write(T0, "new"));
            assertThat(folders("-delete")).isEmpty();
            opening.letGo();

            writer.get(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> reader.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
            assertThat(shop.read(T0)).containsExactly("new");
            assertThat(folders("-delete")).hasSize(1);
            assertThat(folders("-stray")).isEmpty();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aDeletedPartitionThatWasBeingOpenedGivesUpItsFolderLater() throws Exception {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "old");
        }
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            HeldUp opening = new HeldUp("PartitionLog");
            shop.recovered().time.whenAsked(opening);
            Future<?> reader = threads.submit(() -> opening.holdUp(() -> shop.store.log(T0)));
            opening.awaitHeldUp();
            threads.submit(() -> shop.topics.delete("t")).get(20, TimeUnit.SECONDS);
            opening.letGo();
            assertThatThrownBy(() -> reader.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
            assertThat(folder.resolve("t-0")).isDirectory();

            shop.time.pass(1_000);

            assertThat(folder.resolve("t-0")).doesNotExist();
            assertThat(folders("-delete")).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aCleanStopDoesNotWaitForAnOpening() throws Exception {
        try (Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            shop.write(T0, "a", "b");
        }
        ExecutorService threads = Executors.newCachedThreadPool();
        Shop shop = Shop.open(folder, topics -> topics.create("t", 1, Map.of()));
        try {
            HeldUp opening = new HeldUp("LogSegment");
            shop.recovered().time.whenAsked(opening);
            Future<?> reader = threads.submit(() -> opening.holdUp(() -> shop.store.log(T0)));
            opening.awaitHeldUp();

            threads.submit(shop::close).get(20, TimeUnit.SECONDS);

            assertThatThrownBy(() -> reader.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(KafkaStorageException.class)
                    .hasMessageContaining("The broker is stopping.");
        } finally {
            threads.shutdownNow();
        }
        try (Shop again = Shop.open(folder, topics -> topics.create("t", 1, Map.of()))) {
            assertThat(again.read(T0)).containsExactly("a", "b");
        }
    }

    private void deleteMarker() {
        try {
            Files.deleteIfExists(folder.resolve(".kafka_cleanshutdown"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<Path> folders(String suffix) throws IOException {
        try (var children = Files.list(folder)) {
            return children.filter(child -> child.toString().endsWith(suffix)).toList();
        }
    }
}
