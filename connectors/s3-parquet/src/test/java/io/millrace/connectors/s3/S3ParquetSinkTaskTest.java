package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.common.FakeSinkWorker;
import io.millrace.connectors.common.ManualClock;
import io.millrace.connectors.s3.parquet.Duck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3ParquetSinkTaskTest {
    private static final TopicPartition ORDERS_0 = new TopicPartition(Orders.TOPIC, 0);
    private static final TopicPartition ORDERS_1 = new TopicPartition(Orders.TOPIC, 1);
    private static final String FOLDER = "cleaned/orders/dt=1996-07-07/";

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final FakeSinkWorker worker = new FakeSinkWorker(() -> new S3ParquetSinkTask(any -> store, clock));
    private Path temp;

    /** Thrown where the process dies. */
    private static final class Killed extends Error {}

    @BeforeEach
    void folders() {
        temp = folder.resolve("temp");
    }

    @Test
    void aCutNamesItsOffsetsAndIsCommittedAfterItsUpload() throws Exception {
        worker.append(Orders.row(0, 5, 1, "de"));
        worker.append(Orders.row(0, 6, 2, "at"));
        worker.append(Orders.tombstone(0, 9, 1));
        start("s3.roll.records", "3");

        worker.poll(10);
        assertThat(worker.commitRequested).isTrue();
        worker.commit();

        assertThat(keys())
                .containsExactly(FOLDER + Orders.TOPIC + "+0+00000000000000000005-00000000000000000009.parquet");
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 10L));
        assertThat(rows("id, country, _op, _key, _origin, _at::VARCHAR, _topic, _partition, _offset"))
                .containsExactly(
                        "1|de|u|{\"id\":1}|raw.shop.orders-0@5|1996-07-07 00:00:00+00|cleaned.shop.orders|0|5",
                        "2|at|u|{\"id\":2}|raw.shop.orders-0@6|1996-07-07 00:00:00+00|cleaned.shop.orders|0|6",
                        "~|~|d|{\"id\":1}|raw.shop.orders-0@9|1996-07-07 00:00:00+00|cleaned.shop.orders|0|9");
        assertThat(temporaryFiles()).isZero();
    }

    @Test
    void theCurrentStateIsTheLatestRowOfEachKey() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.row(0, 1, 2, "at"));
        worker.append(Orders.onDay(Orders.row2(0, 2, 2, "ch"), 1));
        worker.append(Orders.onDay(Orders.tombstone(0, 3, 1), 2));
        worker.append(Orders.onDay(Orders.row(0, 4, 3, "fr"), 2));
        start();

        cutAll();

        assertThat(currentState()).containsExactly("2|ch", "3|fr");
    }

    @Test
    void allFilesOfAPartitionAreCutAtTheSameOffset() {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.row2(0, 1, 2, "at"));
        worker.append(Orders.onDay(Orders.row(0, 2, 3, "fr"), 1));
        worker.append(Orders.row(0, 3, 4, "de"));
        start("s3.roll.records", "4");

        worker.poll(10);

        String range = Orders.TOPIC + "+0+00000000000000000000-00000000000000000003";
        assertThat(keys())
                .containsExactly(
                        FOLDER + range + "-1.parquet",
                        FOLDER + range + ".parquet",
                        "cleaned/orders/dt=1996-07-08/" + range + ".parquet");
    }

    @Test
    void nothingIsCommittedThatIsNotUploaded() {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.row(0, 1, 2, "at"));
        worker.append(Orders.row(0, 2, 3, "at"));
        start("s3.roll.records", "2");

        worker.poll(10);
        worker.commit();

        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 2L));
    }

    @Test
    void anOffsetThatIsCommittedWithoutFilesIsNotTakenBack() {
        worker.append(Orders.row(0, 0, 1, "de"));
        start("s3.roll.records", "1");
        worker.poll(10);
        worker.append(Orders.poison(0, 1));
        worker.poll(10);
        worker.commit();
        worker.append(Orders.row2(0, 5, 1, "de"));
        worker.append(Orders.row(0, 6, 1, "de"));
        store.interference = step -> {
            throw new RetriableException("S3 is away");
        };
        worker.poll(10);

        worker.commit();

        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 2L));
    }

    @Test
    void anOldCutIsMadeByAnEmptyPutAndByACommit() {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.row(1, 0, 1, "de"));
        start("s3.roll.every", "10m");
        worker.poll(10);

        clock.pass(Duration.ofMinutes(10).minusMillis(1));
        worker.poll(10);
        worker.commit();
        assertThat(keys()).isEmpty();
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 0L, ORDERS_1, 0L));

        clock.pass(Duration.ofMillis(1));
        worker.commit();
        assertThat(keys()).hasSize(2);
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 1L, ORDERS_1, 1L));

        worker.append(Orders.row(0, 1, 1, "de"));
        worker.poll(10);
        clock.pass(Duration.ofMinutes(10));
        worker.poll(10);
        assertThat(keys()).hasSize(3);
    }

    @Test
    void aPartitionIsCutWhenItsFilesAreLargeEnough() {
        String large = "x".repeat(10_000);
        for (int n = 0; n < 64; n++) {
            worker.append(Orders.row(0, n, n, large + n));
        }
        start("s3.roll.size", "300KB");

        worker.poll(100);

        assertThat(keys()).hasSize(1);
        assertThat(CutName.parse(keys().get(0)).orElseThrow().last()).isBetween(25L, 49L);
    }

    @Test
    void tooManyOpenFilesCutThePartitionWithTheMost() {
        worker.append(Orders.row(1, 0, 1, "de"));
        for (int day = 0; day < 3; day++) {
            worker.append(Orders.onDay(Orders.row(0, day, day, "de"), day));
        }
        start("s3.max.open.files", "3");

        worker.poll(10);

        assertThat(keys()).hasSize(3).allMatch(key -> key.contains("+0+00000000000000000000-00000000000000000002"));
    }

    @Test
    void aCrashBetweenUploadAndCommitLeavesNoDuplicatesWhenTheNextCutsEndElsewhere() throws Exception {
        for (int n = 0; n < 10; n++) {
            worker.append(Orders.row(0, n, n, "de"));
        }
        start("s3.roll.records", "4");
        worker.poll(100); // 0-3 and 4-7 are uploaded, nothing is committed
        worker.crash();
        assertThat(keys()).hasSize(2);

        start("s3.roll.records", "3");
        worker.poll(100);
        worker.commit();
        clock.pass(Duration.ofMinutes(10));
        worker.commit();

        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 10L));
        assertThat(offsets()).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    }

    @Test
    void aCrashBetweenTwoFilesOfOneCutLeavesNoDuplicates() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.onDay(Orders.row(0, 1, 2, "at"), 1));
        worker.append(Orders.row(0, 2, 3, "fr"));
        start("s3.roll.records", "3");
        store.interference = dieAt("after upload", 1);
        assertThatThrownBy(() -> worker.poll(10)).isInstanceOf(Killed.class);
        worker.crash();
        assertThat(keys()).hasSize(1);

        store.interference = step -> {};
        start("s3.roll.records", "2");
        worker.poll(10);
        cutAll();

        assertThat(offsets()).containsExactly("0", "1", "2");
    }

    @Test
    void committedObjectsAndThoseOfOthersAreLeftAlone() throws Exception {
        store.objects.put(FOLDER + "not-ours.parquet", new byte[0]);
        store.objects.put(FOLDER + "other+0+00000000000000000000-00000000000000000009.parquet", new byte[0]);
        for (int n = 0; n < 4; n++) {
            worker.append(Orders.row(0, n, n, "de"));
        }
        start("s3.roll.records", "2");
        worker.poll(2);
        worker.commit();
        worker.poll(2);
        worker.crash();

        start("s3.roll.records", "1");
        worker.poll(10);
        worker.commit();

        assertThat(keys().stream().map(key -> key.substring(FOLDER.length())))
                .containsExactly(
                        "cleaned.shop.orders+0+00000000000000000000-00000000000000000001.parquet",
                        "cleaned.shop.orders+0+00000000000000000002-00000000000000000002.parquet",
                        "cleaned.shop.orders+0+00000000000000000003-00000000000000000003.parquet",
                        "not-ours.parquet",
                        "other+0+00000000000000000000-00000000000000000009.parquet");
    }

    @Test
    void anOffsetMovedIntoAWrittenRangeLosesNothing() throws Exception {
        for (int n = 0; n < 6; n++) {
            worker.append(Orders.row(0, n, n, "de"));
        }
        start("s3.roll.records", "6");
        worker.poll(10);
        worker.stop();
        worker.committed.put(ORDERS_0, 3L);

        start("s3.roll.records", "6");
        worker.poll(2);
        worker.poll(2);
        worker.poll(2);
        worker.poll(2);
        cutAll();

        assertThat(offsets()).containsExactly("0", "1", "2", "3", "4", "5");
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 6L));
    }

    @Test
    void aKillAfterTheOldRangeWasRemovedLosesNothing() throws Exception {
        for (int n = 0; n < 6; n++) {
            worker.append(Orders.row(0, n, n, "de"));
        }
        start("s3.roll.records", "6");
        worker.poll(10);
        worker.stop();
        worker.committed.put(ORDERS_0, 3L);
        start("s3.roll.records", "6");
        worker.poll(2);
        worker.poll(2);
        assertThat(keys()).isEmpty();
        worker.crash();

        start("s3.roll.records", "6");
        cutAll();

        assertThat(offsets()).containsExactly("0", "1", "2", "3", "4", "5");
    }

    @Test
    void aTimeThatIsNoneInMillisecondsIsADeadLetter() {
        worker.append(Orders.inNanoseconds(0, 0));
        worker.append(Orders.row(0, 1, 2, "de"));
        start();

        cutAll();

        assertThat(worker.deadLetters).extracting(SinkRecord::kafkaOffset).containsExactly(0L);
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 2L));
    }

    @Test
    void commitsDoNotTryS3WhilePutWaitsToTryItAgain() {
        worker.append(Orders.row(0, 0, 1, "de"));
        start("s3.roll.records", "1");
        int[] uploads = {0};
        store.interference = step -> {
            if (step.equals("before upload")) {
                uploads[0]++;
                throw new RetriableException("S3 is away");
            }
        };

        worker.poll(1);
        worker.commit();
        worker.commit();

        assertThat(uploads[0]).isEqualTo(1);
    }

    @Test
    void anUploadThatFailsForAWhileIsRepeatedAndNothingElse() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.onDay(Orders.row(0, 1, 2, "at"), 1));
        worker.append(Orders.row(0, 2, 3, "fr"));
        start("s3.roll.records", "2");
        int[] uploads = {0};
        store.interference = step -> {
            if (step.equals("before upload")) {
                uploads[0]++;
                if (uploads[0] == 2 || uploads[0] == 3) {
                    throw new RetriableException("S3 is away");
                }
            }
        };

        assertThat(worker.poll(10)).isFalse();
        assertThat(worker.timeout).isBetween(250L, 500L);
        assertThat(worker.poll(10)).isFalse();
        assertThat(worker.timeout).isBetween(500L, 1000L);
        assertThat(worker.poll(10)).isTrue();
        cutAll();

        assertThat(uploads[0]).isEqualTo(5);
        assertThat(offsets()).containsExactly("0", "1", "2");
    }

    @Test
    void anS3ThatIsAwayForLongIsAskedEveryTenSecondsAtTheLatest() {
        worker.append(Orders.row(0, 0, 1, "de"));
        start("s3.roll.records", "1");
        store.interference = step -> {
            if (step.equals("before upload")) {
                throw new RetriableException("S3 is away");
            }
        };

        for (int failure = 0; failure < 40; failure++) {
            assertThat(worker.poll(10)).isFalse();
            assertThat(worker.timeout).isBetween(250L, 10_000L);
        }
        assertThat(worker.timeout).isBetween(5_000L, 10_000L);
    }

    @Test
    void patienceWithS3Ends() {
        worker.append(Orders.row(0, 0, 1, "de"));
        start("s3.roll.records", "1");
        store.interference = step -> {
            throw new RetriableException("S3 bucket 'lake': listing '' failed: away.");
        };
        worker.poll(1);
        clock.pass(Duration.ofMinutes(11));

        assertThatThrownBy(() -> worker.poll(1))
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(RetriableException.class)
                .hasMessage("S3 bucket 'lake': listing '' failed: away. It fails for 11 minutes.");
    }

    @Test
    void aRecordThatCannotBeWrittenGoesToTheReporterAndItsOffsetIsCommitted() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.poison(0, 1));
        start();

        worker.poll(10);
        cutAll();

        assertThat(worker.deadLetters).hasSize(1);
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 2L));
        assertThat(offsets()).containsExactly("0");
    }

    @Test
    void aRecordThatCannotBeWrittenIsReportedAgainWithItsBatch() {
        worker.append(Orders.poison(0, 0));
        worker.append(Orders.row(0, 1, 1, "de"));
        start("s3.roll.records", "1");
        boolean[] failed = {false};
        store.interference = step -> {
            if (step.equals("before upload") && !failed[0]) {
                failed[0] = true;
                throw new RetriableException("S3 is away");
            }
        };

        assertThat(worker.poll(10)).isFalse();
        assertThat(worker.poll(10)).isTrue();
        worker.commit();

        assertThat(worker.deadLetters).hasSize(1);
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 2L));
    }

    @Test
    void aRecordThatCannotBeWrittenFailsTheTaskWithoutAReporter() {
        worker.hasReporter = false;
        worker.append(Orders.poison(0, 41));
        start();

        assertThatThrownBy(() -> worker.poll(10))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "Connector 'shop.lake', cleaned.shop.orders-0@41: Field 'nothing': A struct without fields cannot"
                                + " stand in a Parquet file.");
    }

    @Test
    void aRevokedPartitionIsWrittenBeforeItsNextOwnerHasIt() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.row(1, 0, 1, "de"));
        start();
        worker.poll(10);

        worker.revoke(List.of(ORDERS_0));
        assertThat(temporaryFiles()).isEqualTo(1);
        assertThat(worker.committed).containsEntry(ORDERS_0, 1L);
        worker.assign(List.of(ORDERS_0));
        worker.poll(10);
        cutAll();

        assertThat(offsets()).containsExactly("0", "0");
    }

    @Test
    void stopLeavesNoTemporaryFiles() {
        worker.append(Orders.row(0, 0, 1, "de"));
        start();
        worker.poll(10);
        assertThat(temporaryFiles()).isEqualTo(1);

        worker.stop();

        assertThat(temporaryFiles()).isZero();
        assertThat(keys()).hasSize(1);
    }

    @Test
    void aCleanStopLeavesNothingToReadAgain() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.onDay(Orders.row(0, 1, 2, "at"), 1));
        worker.append(Orders.row(1, 7, 3, "fr"));
        start();
        worker.poll(10);

        worker.stop();

        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 2L, ORDERS_1, 8L));
        start();
        cutAll();
        assertThat(offsets()).containsExactly("0", "1", "7");
    }

    @Test
    void aStopDoesNotWaitForAnS3ThatIsAway() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.row(1, 0, 1, "de"));
        start("s3.roll.records", "1");
        int[] uploads = {0};
        store.interference = step -> {
            uploads[0]++;
            throw new RetriableException("S3 is away");
        };
        worker.poll(10);
        int before = uploads[0];

        worker.stop();

        assertThat(uploads[0]).isEqualTo(before);
        assertThat(worker.committed.values()).allMatch(offset -> offset == 0);
    }

    @Test
    void aStopInWhichS3FailsCommitsWhatIsUploaded() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.row(1, 0, 1, "de"));
        start();
        worker.poll(10);
        int[] uploads = {0};
        store.interference = step -> {
            if (step.equals("before upload") && ++uploads[0] >= 2) {
                throw new RetriableException("S3 is away");
            }
        };

        worker.stop();

        assertThat(keys()).hasSize(1);
        assertThat(worker.committed.values()).containsExactlyInAnyOrder(0L, 1L);
        store.interference = step -> {};
        start();
        cutAll();
        assertThat(offsets()).containsExactly("0", "0");
    }

    @Test
    void aStopOfKafkaConnectsWorkerIsReadAgain() {
        worker.append(Orders.row(0, 0, 1, "de"));
        start();
        worker.poll(10);

        worker.stopWithoutFlush();

        assertThat(temporaryFiles()).isZero();
        assertThat(keys()).isEmpty();
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 0L));
    }

    @Test
    void aReplayedDeadLetterGoesToTheFolderOfItsStream() throws Exception {
        worker.append(Orders.replayed(Orders.TOPIC, Orders.row(0, 5, 1, "de"), 0, 0));
        worker.append(Orders.replayed(Orders.CUSTOMERS, Orders.row(0, 9, 2, "at"), 0, 2));
        start();

        cutAll();

        String range = "replay.shop+0+00000000000000000000-00000000000000000002.parquet";
        assertThat(keys()).containsExactly(FOLDER + range, "enriched/customers/dt=1996-07-07/" + range);
        assertThat(rows("_op, _topic, _partition, _offset, _former_offset, _origin"))
                .containsExactly("u|replay.shop|0|0|5|raw.shop.orders-0@5", "u|replay.shop|0|2|9|raw.shop.orders-0@9");
        assertThat(worker.committed).isEqualTo(Map.of(new TopicPartition(Orders.REPLAYS, 0), 3L));
    }

    @Test
    void leftoversOfReplaysAreRemovedFromTheFoldersOfAllStreams() throws Exception {
        worker.append(Orders.replayed(Orders.TOPIC, Orders.row(0, 5, 1, "de"), 0, 0));
        worker.append(Orders.replayed(Orders.TOPIC, Orders.row(0, 6, 2, "de"), 0, 1));
        worker.append(Orders.replayed(Orders.CUSTOMERS, Orders.row(0, 9, 2, "at"), 0, 2));
        start("s3.roll.records", "3");
        worker.poll(10);
        worker.crash();
        assertThat(keys()).hasSize(2);

        // the first cut of the second life ends before the record of the other stream
        start("s3.roll.records", "1");
        worker.poll(1);
        worker.commit();
        assertThat(keys()).hasSize(1);
        worker.crash();
        start("s3.roll.records", "1");
        cutAll();

        assertThat(offsets()).containsExactly("0", "1", "2");
        assertThat(worker.rewindsAskedFor).isZero();
    }

    @Test
    void leftoversUnderTopicsThatATransformMadeAreRemovedWhenTheirRecordsCome() throws Exception {
        TopicPartition orders = new TopicPartition(Orders.TOPIC, 0);
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.routed("orders-2026", Orders.row(0, 1, 2, "at")));
        start("s3.roll.records", "2");
        worker.poll(10);
        worker.crash();
        assertThat(keys()).hasSize(2);

        start("s3.roll.records", "3");
        cutAll();

        assertThat(keys()).hasSize(2);
        assertThat(offsets()).containsExactly("0", "1");
        assertThat(worker.committed).isEqualTo(Map.of(orders, 2L));
    }

    @Test
    void aLeftoverFoundLateThatBeginsBeforeTheStartIsReadAgainWhole() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.row(0, 1, 1, "de"));
        worker.append(Orders.routed("orders-2026", Orders.row(0, 2, 2, "at")));
        start("s3.roll.records", "3");
        worker.poll(10);
        worker.crash();
        start("s3.roll.records", "1");
        worker.poll(1);
        worker.commit();
        worker.crash();
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 1L));

        start("s3.roll.records", "2");
        worker.poll(2);
        worker.poll(2);
        worker.poll(2);
        cutAll();

        assertThat(offsets()).containsExactly("0", "1", "2");
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 3L));
    }

    @Test
    void aReplayOfAnOldRowDoesNotHideANewerOne() throws Exception {
        worker.append(Orders.row(0, 7, 1, "new"));
        worker.append(Orders.replayed(Orders.TOPIC, Orders.row(0, 5, 1, "old"), 0, 30));
        worker.append(Orders.replayed(Orders.TOPIC, Orders.row(0, 6, 2, "mended"), 0, 31));
        start();
        cutAll();

        assertThat(currentState()).containsExactly("1|new", "2|mended");
    }

    @Test
    void aValueWithoutTheEventTimeIsADeadLetter() {
        worker.append(Orders.row(0, 0, 1, "de"));
        start("s3.event.time", "ordered");

        worker.poll(10);
        worker.commit();

        assertThat(worker.deadLetters).hasSize(1);
    }

    @Test
    void recordsOfATemporaryFileThatVanishedAreReadAgain() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.row(0, 1, 2, "at"));
        worker.append(Orders.row(0, 2, 3, "fr"));
        worker.append(Orders.onDay(Orders.row(0, 3, 4, "ch"), 1));
        start("s3.roll.records", "2", "s3.roll.every", "1h");
        worker.poll(3);
        worker.commit();
        removeTemporaryFiles();

        worker.poll(1);
        assertThat(keys()).hasSize(1);
        worker.commit();
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 2L));
        worker.poll(10);
        cutAll();

        assertThat(worker.rewindsAskedFor).isEqualTo(1);
        assertThat(offsets()).containsExactly("0", "1", "2", "3");
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 4L));
    }

    @Test
    void whatWasUploadedOfACutWhoseOtherFileVanishedIsReplaced() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        worker.append(Orders.poison(0, 1));
        worker.append(Orders.onDay(Orders.row(0, 2, 2, "at"), 1));
        start("s3.roll.records", "2");
        store.interference = step -> {
            if (step.equals("after upload")) {
                store.interference = any -> {};
                removeTemporaryFiles();
            }
        };

        worker.poll(10);
        assertThat(keys()).hasSize(1);
        cutAll();

        assertThat(keys()).hasSize(2);
        assertThat(offsets()).containsExactly("0", "2");
        assertThat(worker.deadLetters).hasSize(1);
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 3L));
    }

    @Test
    void aLossThatACommitFindsCommitsNothingOfTheLost() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        start("s3.roll.every", "10m");
        worker.poll(10);
        removeTemporaryFiles();
        clock.pass(Duration.ofMinutes(10));

        worker.commit();

        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 0L));
        worker.poll(10);
        cutAll();
        assertThat(offsets()).containsExactly("0");
        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 1L));
    }

    @Test
    void aStopThatFindsALossLeavesTheLostToTheNextStart() throws Exception {
        worker.append(Orders.row(0, 0, 1, "de"));
        start();
        worker.poll(10);
        removeTemporaryFiles();

        worker.stop();

        assertThat(worker.committed).isEqualTo(Map.of(ORDERS_0, 0L));
        assertThat(keys()).isEmpty();
        start();
        cutAll();
        assertThat(offsets()).containsExactly("0");
    }

    /** As another process may do that takes the folder for nobody's. */
    private void removeTemporaryFiles() {
        try (Stream<Path> paths = Files.walk(temp)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start(String... more) {
        Map<String, String> config = Orders.config(more);
        config.put("s3.temp.dir", temp.toString());
        worker.start(config);
    }

    private void cutAll() {
        while (!worker.drained()) {
            worker.poll(10);
        }
        clock.pass(Duration.ofDays(1));
        worker.poll(0);
        worker.commit();
    }

    private List<String> keys() {
        return List.copyOf(store.objects.keySet());
    }

    private List<String> offsets() throws Exception {
        return rows("_offset");
    }

    private List<String> currentState() throws Exception {
        Path lake = Files.createDirectory(folder.resolve("lake"));
        store.export(lake);
        String query = ReadmeTest.currentStateQuery()
                .replace(
                        "s3://my-lake/cleaned/orders",
                        lake.resolve("cleaned/orders").toString());
        try (Duck duck = new Duck()) {
            return duck.rows("SELECT id, country FROM (" + query + ") ORDER BY id");
        }
    }

    private List<String> rows(String columns) throws Exception {
        Path exported = Files.createTempDirectory(folder, "export");
        store.objects.keySet().removeIf(key -> key.endsWith("not-ours.parquet"));
        store.export(exported);
        try (Duck duck = new Duck()) {
            return duck.rows("SELECT " + columns + " FROM read_parquet('" + exported
                    + "/**/*.parquet', union_by_name = true, hive_partitioning = true) ORDER BY _partition, _offset");
        }
    }

    private long temporaryFiles() {
        if (!Files.exists(temp)) {
            return 0;
        }
        try (var paths = Files.walk(temp)) {
            return paths.filter(path -> path.toString().endsWith(".parquet")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Consumer<String> dieAt(String step, int time) {
        int[] times = {0};
        return happening -> {
            if (happening.equals(step)) {
                times[0]++;
                if (times[0] == time) {
                    throw new Killed();
                }
            }
        };
    }
}
