package io.millrace.connectors.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.common.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link RotationSimulationTest} found: several steps of a rotation between two looks. */
class RotationBetweenLooksTest {
    private final FakeWorker worker = new FakeWorker();
    private final ManualClock clock = new ManualClock();
    private final Map<String, String> config = new HashMap<>();
    private final List<LogsSourceTask> tasks = new ArrayList<>();

    @TempDir
    Path folder;

    private Path log;
    private Path rotated;

    @BeforeEach
    void configure() {
        log = folder.resolve("app.log");
        rotated = folder.resolve("app.log.1");
        config.put("logs.topic", "raw.p.app");
        config.put("logs.path", folder + "/*.log*");
    }

    @AfterEach
    void stop() {
        tasks.forEach(LogsSourceTask::stop);
    }

    @Test
    void aFileThatIsCutBeforeItsTurnCameIsReadFromItsCopy() throws Exception {
        config.put("logs.batch.records", "1");
        append(rotated, "1\n2\n");
        append(log, "3\n4\n5\n");
        LogsSourceTask task = start();
        worker.poll(task);
        Files.move(rotated, folder.resolve("app.log.2"));
        Files.copy(log, rotated);
        cut(log);
        append(log, "6\n");
        drain(task);

        assertThat(worker.lines()).containsExactly("1", "2", "3", "4", "5", "6");
    }

    @Test
    void aCopyThatIsOverwrittenWithTheNextOneIsNotTakenForTheFormer() throws Exception {
        append(log, "1\n2\n");
        LogsSourceTask task = start();
        copyInPlace();
        drain(task);
        cut(log);
        append(log, "3\n4\n5\n");
        copyInPlace();
        cut(log);
        append(log, "6\n");
        drain(task);

        assertThat(worker.lines()).containsExactly("1", "2", "3", "4", "5", "6");
    }

    @Test
    void aCutIsNotSettledAtALookThatFindsAnotherOne() throws Exception {
        config.put("logs.max.open.files", "1");
        append(rotated, "1\n");
        Files.setLastModifiedTime(rotated, FileTime.from(Instant.EPOCH));
        append(log, "2\nha");
        LogsSourceTask task = start();
        drain(task);
        worker.poll(task);
        append(log, "lf\n3\n");
        copyInPlace();
        cut(log);
        drain(task);

        assertThat(worker.lines()).containsExactly("1", "2", "half", "3");
    }

    @Test
    void aGzipFileOfWhichNothingCanBeDecodedYetIsNotNew() throws Exception {
        config.put("logs.batch.records", "100");
        List<String> lines =
                IntStream.range(0, 5000).mapToObj(i -> "line " + i * 7919L).toList();
        append(rotated, String.join("\n", lines) + "\n");
        byte[] gzip = gzip(Files.readString(rotated));
        Path compressed = folder.resolve("app.log.1.gz");
        Files.write(compressed, Arrays.copyOf(gzip, 30));
        LogsSourceTask task = start();
        worker.poll(task);
        Files.write(compressed, gzip);
        Files.delete(rotated);
        drain(task);

        assertThat(worker.lines()).isEqualTo(lines);
    }

    @Test
    void anInodeThatIsUsedAgainDoesNotMoveAFileToAnotherLog() throws Exception {
        config.put("logs.max.open.files", "1");
        Path other = folder.resolve("other.log");
        append(other, "other\n");
        Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
        append(log, "1\n");
        LogsSourceTask task = start();
        drain(task);
        append(log, "2\n");
        // The same inode with another name and content is what a new file with a former inode looks like.
        Files.write(other, Files.readAllBytes(log));
        Files.move(other, rotated);
        cut(log);
        append(log, "3\n");
        drain(task);

        assertThat(worker.lines()).containsExactlyInAnyOrder("other", "1", "2", "3");
        assertThat(worker.topic.subList(2, 4))
                .extracting(record -> String.valueOf(record.sourcePartition().get("log")))
                .containsOnly(log.toString());
    }

    @Test
    void ofALineThatIsCutWhileItIsWrittenWhatWasReadIsKept() throws Exception {
        append(log, "1\nha");
        LogsSourceTask task = start();
        drain(task);
        cut(log);
        append(log, "2\n");
        drain(task);

        assertThat(worker.lines()).containsExactly("1", "ha", "2");
    }

    /** Keeps the inode of the copy, which {@link Files#copy} does not. */
    private void copyInPlace() throws IOException {
        Files.write(rotated, Files.readAllBytes(log));
    }

    private static void cut(Path file) throws IOException {
        Files.write(file, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
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
