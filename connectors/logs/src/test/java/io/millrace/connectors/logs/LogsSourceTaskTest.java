package io.millrace.connectors.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.connectors.common.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsSourceTaskTest {
    private final FakeWorker worker = new FakeWorker();
    private final ManualClock clock = new ManualClock();
    private final Map<String, String> config = new HashMap<>();
    private final List<LogsSourceTask> tasks = new ArrayList<>();

    @TempDir
    Path folder;

    private Path log;

    @BeforeEach
    void configure() {
        log = folder.resolve("app.log");
        config.put("logs.topic", "raw.p.app");
        config.put("logs.path", folder + "/*.log*");
    }

    @AfterEach
    void stop() {
        tasks.forEach(LogsSourceTask::stop);
    }

    @Test
    void aLineIsItsBytesAndItsFactsAreHeaders() throws Exception {
        Files.write(log, new byte[] {'a', (byte) 0xff, 0, '\r', '\n', '\n', 'b', '\n'});

        drain(start());

        assertThat(worker.topic).hasSize(3);
        SourceRecord first = worker.topic.get(0);
        assertThat(first.topic()).isEqualTo("raw.p.app");
        assertThat(first.value()).isEqualTo(new byte[] {'a', (byte) 0xff, 0});
        assertThat(first.key()).isEqualTo(log.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(FakeWorker.header(first, "log.file.path")).isEqualTo(log.toString());
        assertThat(FakeWorker.header(first, "log.file.id"))
                .matches(
                        Files.getAttribute(log, "unix:dev") + ":" + Files.getAttribute(log, "unix:ino") + ":[0-9a-f]+");
        assertThat(worker.topic)
                .extracting(record -> FakeWorker.header(record, "log.offset"))
                .containsExactly("0", "5", "6");
        assertThat(worker.lines().subList(1, 3)).containsExactly("", "b");
    }

    @Test
    void aRotatedFileIsFinishedBeforeTheNewOneAndKeepsItsKey() throws Exception {
        LogsSourceTask task = start();
        append(log, "1\n2\n");
        drain(task);
        append(log, "3\n");
        Files.move(log, folder.resolve("app.log.1"));
        append(log, "4\n");
        drain(task);
        append(folder.resolve("app.log.1"), "late\n");
        drain(task);

        assertThat(worker.lines()).containsExactly("1", "2", "3", "4", "late");
        assertThat(worker.topic)
                .extracting(record -> new String((byte[]) record.key(), StandardCharsets.UTF_8))
                .containsOnly(log.toString());
        assertThat(FakeWorker.header(worker.topic.get(4), "log.file.path")).isEqualTo(log + ".1");
    }

    @Test
    void aRotatedFileOutsideThePatternIsFinishedAfterARestart() throws Exception {
        config.put("logs.path", log.toString());
        append(log, "1\n");
        LogsSourceTask task = start();
        drain(task);
        task.stop();
        append(log, "2\n");
        Files.move(log, folder.resolve("app.log.1"));
        append(log, "3\n");
        append(folder.resolve("app.log.2"), "not asked for\n");

        drain(start());

        assertThat(worker.lines()).containsExactly("1", "2", "3");
    }

    @Test
    void aFileThatIsCutIsReadAnewAndItsCopyGoesOn() throws Exception {
        LogsSourceTask task = start();
        append(log, "1\n2\n");
        drain(task);
        append(log, "3\n");
        Files.copy(log, folder.resolve("app.log.1"));
        Files.write(log, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        append(log, "4\n5\n6\n7\n");
        drain(task);

        assertThat(worker.lines()).containsExactly("1", "2", "3", "4", "5", "6", "7");
    }

    @Test
    void aCutToTheSameSizeIsNoticed() throws Exception {
        LogsSourceTask task = start();
        append(log, "1\n2\n");
        drain(task);
        Files.write(log, "3\n4\n".getBytes(StandardCharsets.UTF_8));
        drain(task);

        assertThat(worker.lines()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void aCompressedCopyIsNotReadAgainAndGoesOnAfterAKill() throws Exception {
        append(log, "1\n2\n");
        LogsSourceTask task = start();
        drain(task);
        task.stop();
        append(log, "3\n4");
        Path gz = folder.resolve("app.log.1.gz");
        Files.write(gz, gzip(Files.readString(log)));
        Files.delete(log);
        append(log, "5\n");

        drain(start());

        assertThat(worker.lines()).containsExactly("1", "2", "3", "4", "5");
        assertThat(FakeWorker.header(worker.topic.get(2), "log.offset")).isEqualTo("4");
        assertThat(FakeWorker.header(worker.topic.get(2), "log.file.path")).isEqualTo(gz.toString());
    }

    @Test
    void aGzipFileThatIsStillWrittenIsReadAsItGrows() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append("line ").append(i).append('\n');
        }
        byte[] all = gzip(text.toString());
        Path gz = folder.resolve("old.log.gz");
        LogsSourceTask task = start();
        Files.write(gz, Arrays.copyOf(all, 5));
        drain(task);
        Files.write(gz, Arrays.copyOf(all, all.length / 2));
        drain(task);
        int half = worker.topic.size();
        Files.write(gz, all);
        drain(task);

        assertThat(half).isBetween(1000, 19_000);
        assertThat(worker.lines()).isEqualTo(text.toString().lines().toList());
    }

    @Test
    void aRemovedFileIsReadToItsEndThroughItsHandle() throws Exception {
        config.put("logs.batch.records", "1");
        append(log, "1\n2\n3\nhalf");
        LogsSourceTask task = start();
        worker.poll(task);
        Files.delete(log);
        clock.pass(Duration.ofSeconds(2));
        drain(task);
        clock.pass(Duration.ofSeconds(6));
        drain(task);

        assertThat(worker.lines()).containsExactly("1", "2", "3", "half");
    }

    @Test
    void anInodeThatIsUsedAgainIsAnotherFile() throws Exception {
        append(log, "1\n2\n");
        LogsSourceTask task = start();
        drain(task);
        task.stop();
        // The same inode with other content is what a new file with a former inode looks like.
        Files.write(log, "3\n4\n5\n".getBytes(StandardCharsets.UTF_8));

        drain(start());

        assertThat(worker.lines()).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void halfALineIsLeftUntilItIsComplete() throws Exception {
        LogsSourceTask task = start();
        append(log, "1\nha");
        drain(task);
        clock.pass(Duration.ofHours(1));
        drain(task);
        assertThat(worker.lines()).containsExactly("1");
        append(log, "lf\n");
        drain(task);

        assertThat(worker.lines()).containsExactly("1", "half");
    }

    @Test
    void halfALineIsTakenWhereATimeoutSaysSo() throws Exception {
        config.put("logs.partial.line.timeout", "30s");
        LogsSourceTask task = start();
        append(log, "1\nhalf");
        drain(task);
        assertThat(worker.lines()).containsExactly("1");
        clock.pass(Duration.ofSeconds(31));
        drain(task);

        assertThat(worker.lines()).containsExactly("1", "half");
    }

    @Test
    void fromTheEndMeansWhatIsThereAtTheVeryFirstStart() throws Exception {
        config.put("logs.read.from", "end");
        append(log, "old\nha");
        append(folder.resolve("other.log"), "old too\n");
        LogsSourceTask task = start();
        drain(task);
        append(log, "lf\n");
        append(folder.resolve("late.log"), "late\n");
        drain(task);
        task.stop();
        append(log, "down\n");
        append(folder.resolve("app.log.2"), "new\n");
        drain(start());

        assertThat(worker.lines()).containsExactlyInAnyOrder("half", "late", "down", "new");
    }

    @Test
    void aLongLineIsSplitAndNothingOfItIsLost() throws Exception {
        config.put("logs.max.line.bytes", "4B");
        append(log, "abcd\nabcdefghij\r\nx\n");

        drain(start());

        assertThat(worker.lines()).containsExactly("abcd", "abcd", "efgh", "ij", "x");
        assertThat(worker.topic)
                .extracting(record ->
                        FakeWorker.header(record, "log.line.part") + " " + FakeWorker.header(record, "log.line.last"))
                .containsExactly("null null", "1 false", "2 false", "3 true", "null null");
    }

    @Test
    void theNumberOfAPartOutlivesAKill() throws Exception {
        config.put("logs.max.line.bytes", "4B");
        config.put("logs.batch.records", "2");
        append(log, "abcdefghij\n");
        LogsSourceTask task = start();
        worker.poll(task);
        worker.commit();
        task.stop();

        drain(start());

        assertThat(worker.lines()).containsExactly("abcd", "efgh", "ij");
        assertThat(FakeWorker.header(worker.topic.get(2), "log.line.part")).isEqualTo("3");
    }

    @Test
    void aLongLineIsTruncatedOrSkippedWhereThatIsAsked() throws Exception {
        config.put("logs.max.line.bytes", "4B");
        config.put("logs.long.lines", "truncate");
        append(log, "abcdefghij\r\nx\n");
        drain(start());
        assertThat(worker.lines()).containsExactly("abcd", "x");
        assertThat(FakeWorker.header(worker.topic.get(0), "log.line.cut")).isEqualTo("6");

        FakeWorker other = new FakeWorker();
        config.put("logs.long.lines", "skip");
        LogsSourceTask task = other.start(config, clock);
        tasks.add(task);
        other.poll(task);
        other.commit();
        assertThat(other.lines()).containsExactly("x");
    }

    @Test
    void linesAreJoinedToEvents() throws Exception {
        config.put("logs.multiline.pattern", "^\\s");
        LogsSourceTask task = start();
        append(log, "a\n  a1\n  a2\nb\nc\n");
        worker.poll(task);
        worker.commit();
        assertThat(worker.lines()).containsExactly("a\n  a1\n  a2", "b");
        task.stop();
        task = start();
        append(log, "  c1\n");
        worker.poll(task);
        clock.pass(Duration.ofSeconds(6));
        drain(task);

        assertThat(worker.lines()).containsExactly("a\n  a1\n  a2", "b", "c\n  c1");
        assertThat(FakeWorker.header(worker.topic.get(2), "log.offset")).isEqualTo("14");
    }

    @Test
    void linesMayBelongToTheOneAfterThem() throws Exception {
        config.put("logs.multiline.pattern", "\\\\$");
        config.put("logs.multiline.match", "before");
        config.put("logs.multiline.max.lines", "3");
        append(log, "a\\\nb\nc\n1\\\n2\\\n3\\\n4\n");
        drain(start());

        assertThat(worker.lines()).containsExactly("a\\\nb", "c", "1\\\n2\\\n3\\", "4");
    }

    @Test
    void aWorkerThatAcknowledgesHalfAPollGetsLinesTwiceButLosesNone() throws Exception {
        append(log, "1\n2\n3\n4\n");
        LogsSourceTask task = start();
        worker.poll(task);
        worker.commitFirst(2);
        task.stop();
        drain(start());

        assertThat(worker.lines()).containsExactly("1", "2", "1", "2", "3", "4");
    }

    @Test
    void tasksShareLogsAndRotatedFilesStayWithTheirs() throws Exception {
        config.put("logs.tasks", "2");
        for (String name : List.of("a", "b", "c", "d", "e")) {
            append(folder.resolve(name + ".log"), name + "1\n");
        }
        config.put("logs.task", "0");
        LogsSourceTask first = start();
        config.put("logs.task", "1");
        LogsSourceTask second = start();
        drain(first);
        int ofFirst = worker.topic.size();
        drain(second);
        assertThat(ofFirst).isBetween(1, 4);
        for (String name : List.of("a", "b", "c", "d", "e")) {
            Files.move(folder.resolve(name + ".log"), folder.resolve(name + ".log.1"));
            append(folder.resolve(name + ".log"), name + "2\n");
        }
        drain(second);
        drain(first);

        assertThat(worker.lines())
                .containsExactlyInAnyOrder("a1", "b1", "c1", "d1", "e1", "a2", "b2", "c2", "d2", "e2");
    }

    @Test
    void oneBusyFileDoesNotStarveTheOthers() throws Exception {
        config.put("logs.batch.records", "100");
        append(folder.resolve("busy.log"), "busy\n".repeat(10_000));
        append(folder.resolve("calm.log"), "calm\n");
        LogsSourceTask task = start();
        worker.poll(task);
        worker.commit();

        assertThat(worker.lines()).contains("busy", "calm").hasSizeLessThanOrEqualTo(100);
    }

    @Test
    void excludedFilesAndOthersBesideAreLeftAlone() throws Exception {
        config.put("logs.exclude", folder + "/debug*");
        append(folder.resolve("debug.log"), "no\n");
        append(folder.resolve("app.txt"), "no\n");
        append(log, "yes\n");
        drain(start());

        assertThat(worker.lines()).containsExactly("yes");
    }

    @Test
    void aFileWithoutPermissionIsReadWhenItIsGiven() throws Exception {
        append(log, "1\n");
        assumeTrue(log.toFile().setReadable(false) && !Files.isReadable(log), "this user may read everything");
        LogsSourceTask task = start();
        drain(task);
        assertThat(worker.lines()).isEmpty();
        assertThat(log.toFile().setReadable(true)).isTrue();
        drain(task);

        assertThat(worker.lines()).containsExactly("1");
    }

    @Test
    void aRealAccessLogIsReadWithItsEqualLines() throws Exception {
        Path data = Path.of(System.getProperty("basedir", "."))
                .toAbsolutePath()
                .normalize()
                .resolve("../../../shared/data/access.log")
                .normalize();
        Path found = Files.exists(data) ? data : sharedBesideProject();
        assumeTrue(Files.exists(found), "shared/data/access.log is not beside the project");
        List<String> lines = Files.readAllLines(found, StandardCharsets.UTF_8);
        LogsSourceTask task = start();
        for (int from = 0; from < lines.size(); from += 1000) {
            append(log, String.join("\n", lines.subList(from, from + 1000)) + "\n");
            worker.poll(task);
            if (from % 3000 == 0) {
                Files.deleteIfExists(folder.resolve("app.log.1.gz"));
                task.stop();
                worker.abort();
                task = start();
                drain(task);
                Files.move(log, folder.resolve("app.log.1"));
                Files.write(folder.resolve("app.log.1.gz"), gzip(Files.readString(folder.resolve("app.log.1"))));
                Files.delete(folder.resolve("app.log.1"));
            }
        }
        drain(task);

        assertThat(worker.lines()).isEqualTo(lines).hasSize(10_000);
        assertThat(worker.lines().stream().distinct().count()).isEqualTo(10_000 - 19);
    }

    /** From a work tree beside the project. */
    private static Path sharedBesideProject() {
        return Path.of(System.getProperty("basedir", "."))
                .toAbsolutePath()
                .normalize()
                .resolve("../../../../shared/data/access.log")
                .normalize();
    }

    private LogsSourceTask start() {
        LogsSourceTask task = worker.start(config, clock);
        tasks.add(task);
        return task;
    }

    /** Polls until nothing comes, over a few looks, and commits. */
    private void drain(LogsSourceTask task) throws InterruptedException {
        for (int quiet = 0; quiet < 6; ) {
            quiet = worker.poll(task) == 0 ? quiet + 1 : 0;
            clock.pass(Duration.ofMillis(500));
        }
        worker.commit();
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
