package io.millrace.connectors.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.connectors.common.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A writer appends, rotates, cuts, compresses and removes while the source polls, is killed and starts again. */
class RotationSimulationTest {
    private static final int STEPS = 400;

    @TempDir
    Path folder;

    static LongStream seeds() {
        String seed = System.getProperty("logs.seed");
        String count = System.getProperty("logs.seeds", "40");
        return seed == null
                ? LongStream.range(0, Long.parseLong(count))
                : Arrays.stream(seed.split(",")).mapToLong(Long::parseLong);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyLineIsReadOnceAndInOrder(long seed) throws Exception {
        Random random = new Random(seed);
        boolean rotatedAreMatched = random.nextBoolean();
        Map<String, String> config = new HashMap<>(Map.of(
                "logs.topic",
                "raw.p.logs",
                "logs.path",
                folder + (rotatedAreMatched ? "/*.log*" : "/*.log"),
                "logs.batch.records",
                "" + (1 + random.nextInt(60)),
                "logs.max.open.files",
                random.nextBoolean() ? "1" : "512"));
        FakeWorker worker = new FakeWorker();
        ManualClock clock = new ManualClock();
        List<LogWriter> writers = List.of(
                new RenamingWriter(folder.resolve("app.log"), random, rotatedAreMatched, worker),
                new CuttingWriter(folder.resolve("cut.log"), random, rotatedAreMatched, worker));
        LogsSourceTask task = worker.start(config, clock);

        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(12)) {
                case 0 -> {
                    // Killed: what is not committed never was.
                    task.stop();
                    worker.abort();
                    int meanwhile = random.nextInt(6);
                    for (int i = 0; i < meanwhile; i++) {
                        writers.get(random.nextInt(writers.size())).act();
                    }
                    task = worker.start(config, clock);
                }
                case 1, 2 -> worker.commit();
                case 3, 4, 5, 6 -> {
                    clock.pass(Duration.ofMillis(100 + random.nextInt(random.nextInt(10) == 0 ? 90_000 : 1_500)));
                    worker.poll(task);
                }
                default -> writers.get(random.nextInt(writers.size())).act();
            }
        }
        for (LogWriter writer : writers) {
            writer.finish();
        }
        for (int quiet = 0; quiet < 12; ) {
            clock.pass(Duration.ofSeconds(7));
            quiet = worker.poll(task) == 0 ? quiet + 1 : 0;
            worker.commit();
        }
        task.stop();

        for (LogWriter writer : writers) {
            List<String> read = worker.topic.stream()
                    .filter(record -> new String((byte[]) record.key(), StandardCharsets.UTF_8)
                            .startsWith(writer.live.toString()))
                    .map(record -> new String((byte[]) record.value(), StandardCharsets.UTF_8))
                    .toList();
            assertThat(difference(read, writer.expected(read)))
                    .as("seed %d, %s", seed, writer.name())
                    .isEmpty();
        }
        assertThat(worker.topic).allMatch(record -> writers.stream()
                .anyMatch(writer ->
                        new String((byte[]) record.key(), StandardCharsets.UTF_8).startsWith(writer.live.toString())));
    }

    private static String difference(List<String> read, List<String> expected) {
        for (int i = 0; i < Math.max(read.size(), expected.size()); i++) {
            String is = i < read.size() ? read.get(i) : "nothing";
            String should = i < expected.size() ? expected.get(i) : "nothing";
            if (!is.equals(should)) {
                return "line " + i + " is '" + is + "' and should be '" + should + "'; " + read.size()
                        + " lines were read, " + expected.size() + " expected";
            }
        }
        return "";
    }

    /** Writes lines that tell their log and number. */
    private abstract static class LogWriter {
        final Path live;
        final Random random;
        final FakeWorker worker;
        final List<String> written = new ArrayList<>();
        final Set<String> atRisk = new HashSet<>();
        private byte[] rest = new byte[0];

        LogWriter(Path live, Random random, FakeWorker worker) {
            this.live = live;
            this.random = random;
            this.worker = worker;
        }

        String name() {
            return live.getFileName().toString().replace(".log", "") + " ";
        }

        /**
         * What was written, without the lines at risk that were not read; of one that was being written at the only look before the file was
         * cut, its beginning.
         */
        final List<String> expected(List<String> read) {
            Set<String> found = new HashSet<>(read);
            List<String> expected = new ArrayList<>();
            for (String line : written) {
                String at = expected.size() < read.size() ? read.get(expected.size()) : "";
                if (!atRisk.contains(line) || found.contains(line)) {
                    expected.add(line);
                } else if (!at.isEmpty() && line.startsWith(at)) {
                    expected.add(at);
                }
            }
            return expected;
        }

        abstract void act() throws IOException;

        abstract void finish() throws IOException;

        /** Lines in pieces: a line may be written in two halves. */
        final void append() throws IOException {
            int lines = 1 + random.nextInt(random.nextInt(8) == 0 ? 400 : 8);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(rest);
            for (int i = 0; i < lines; i++) {
                String line = name() + written.size() + " " + "x".repeat(random.nextInt(80));
                written.add(line);
                bytes.writeBytes((line + (random.nextInt(5) == 0 ? "\r\n" : "\n")).getBytes(StandardCharsets.UTF_8));
            }
            byte[] all = bytes.toByteArray();
            int cut = random.nextInt(3) == 0 ? Math.max(0, all.length - random.nextInt(40)) : all.length;
            write(all, cut);
        }

        final void completeLine() throws IOException {
            write(rest, rest.length);
        }

        final boolean hasHalfLine() {
            return rest.length > 0;
        }

        private void write(byte[] bytes, int length) throws IOException {
            try (OutputStream out = Files.newOutputStream(live, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                out.write(bytes, 0, length);
            }
            rest = Arrays.copyOfRange(bytes, length, bytes.length);
        }

        final boolean isAllCommitted(int lines) {
            Set<String> committed = new HashSet<>(worker.lines());
            return written.subList(0, lines).stream()
                    .allMatch(line -> committed.contains(line) || atRisk.contains(line));
        }
    }

    /** Rotates by renaming, compresses, and removes what is read. */
    private static final class RenamingWriter extends LogWriter {
        private final boolean rotatedAreMatched;
        /** Numbers of rotated files to how many lines were written when they were rotated; 1 is the youngest. */
        private final List<Integer> rotated = new ArrayList<>();

        private int liveFrom;
        private byte[] gzip = new byte[0];
        private int gzipDone;

        RenamingWriter(Path live, Random random, boolean rotatedAreMatched, FakeWorker worker) {
            super(live, random, worker);
            this.rotatedAreMatched = rotatedAreMatched;
        }

        @Override
        void act() throws IOException {
            switch (random.nextInt(10)) {
                case 0, 1 -> rotate();
                case 2, 3 -> compress();
                case 4 -> removeOldest();
                default -> append();
            }
        }

        @Override
        void finish() throws IOException {
            completeLine();
            while (gzip.length > 0) {
                compress();
            }
        }

        private Path rotated(int number) {
            return live.resolveSibling(live.getFileName() + "." + number);
        }

        private Path compressed(int number) {
            return live.resolveSibling(live.getFileName() + "." + number + ".gz");
        }

        private void rotate() throws IOException {
            // A file that was never read and is outside the pattern is nobody's: not rotated before its first line is
            // committed.
            boolean known = rotatedAreMatched
                    || written.size() > liveFrom && worker.lines().contains(written.get(liveFrom));
            if (!known || !Files.exists(live) || gzip.length > 0) {
                return;
            }
            if (hasHalfLine()) {
                completeLine();
            }
            for (int number = rotated.size(); number >= 1; number--) {
                for (boolean gz : new boolean[] {true, false}) {
                    Path from = gz ? compressed(number) : rotated(number);
                    if (Files.exists(from)) {
                        Files.move(from, gz ? compressed(number + 1) : rotated(number + 1));
                    }
                }
            }
            Files.move(live, rotated(1));
            rotated.add(0, written.size());
            liveFrom = written.size();
            if (random.nextBoolean()) {
                Files.createFile(live);
            }
        }

        /** In up to three steps: a part of the compressed file, the rest, and only then the original is removed. */
        private void compress() throws IOException {
            if (gzip.length == 0) {
                int number = 1 + random.nextInt(Math.max(1, Math.min(3, rotated.size())));
                if (!Files.exists(rotated(number))) {
                    return;
                }
                gzip = gzipped(Files.readAllBytes(rotated(number)));
                gzipDone = number;
                Files.write(compressed(number), Arrays.copyOf(gzip, random.nextInt(gzip.length)));
            } else if (Files.size(compressed(gzipDone)) < gzip.length) {
                FileTime modified = Files.getLastModifiedTime(rotated(gzipDone));
                try (OutputStream out = Files.newOutputStream(compressed(gzipDone), StandardOpenOption.APPEND)) {
                    int size = (int) Files.size(compressed(gzipDone));
                    out.write(gzip, size, gzip.length - size);
                }
                Files.setLastModifiedTime(compressed(gzipDone), modified);
            } else {
                Files.delete(rotated(gzipDone));
                gzip = new byte[0];
            }
        }

        private static byte[] gzipped(byte[] content) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
                out.write(content);
            }
            return bytes.toByteArray();
        }

        private void removeOldest() throws IOException {
            int number = rotated.size();
            if (number == 0 || gzip.length > 0 || !isAllCommitted(rotated.get(number - 1))) {
                return;
            }
            Files.deleteIfExists(rotated(number));
            Files.deleteIfExists(compressed(number));
            rotated.remove(number - 1);
        }
    }

    /** Rotates by copying and cutting. */
    private static final class CuttingWriter extends LogWriter {
        private final boolean copiesAreMatched;
        private boolean copied;
        private int copiedLines;
        private int liveFrom;

        CuttingWriter(Path live, Random random, boolean copiesAreMatched, FakeWorker worker) {
            super(live, random, worker);
            this.copiesAreMatched = copiesAreMatched;
        }

        @Override
        void act() throws IOException {
            switch (random.nextInt(10)) {
                case 0, 1 -> copyOrCut();
                default -> append();
            }
        }

        private void copyOrCut() throws IOException {
            Path copy = live.resolveSibling(live.getFileName() + ".1");
            boolean known = copiesAreMatched
                    || written.size() > liveFrom && worker.lines().contains(written.get(liveFrom));
            if (!known || !Files.exists(live) || hasHalfLine()) {
                return;
            }
            if (!copied) {
                // The copy of last time is overwritten: it must be read.
                if (Files.exists(copy) && !isAllCommitted(copiedLines)) {
                    return;
                }
                Files.deleteIfExists(copy);
                Files.copy(live, copy, StandardCopyOption.REPLACE_EXISTING);
                copiedLines = written.size();
                copied = true;
                if (random.nextInt(3) == 0) {
                    return;
                }
            }
            // What was appended since the copy is gone with the cut, unless it was read before.
            atRisk.addAll(written.subList(copiedLines, written.size()));
            try (FileChannel channel = FileChannel.open(live, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
            copied = false;
            liveFrom = written.size();
        }

        @Override
        void finish() throws IOException {
            completeLine();
        }
    }
}
