package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.connectors.common.ManualClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TempFolderTest {
    @TempDir
    Path parent;

    private final ManualClock clock = new ManualClock();

    @Test
    void whoseProcessIsOutOfSightIsLeftAloneUntilItIsKilled() throws Exception {
        Process owner = owner(0);
        try {
            Path file = fileOf(owner);
            // Seen from another process namespace: no process has this number and start.
            Path unseen =
                    Files.move(file.getParent(), parent.resolve("task-" + owner.pid() + "-1-" + UUID.randomUUID()));
            clock.pass(Duration.ofDays(365));

            create().close();
            assertThat(unseen.resolve(file.getFileName())).exists();

            owner.destroyForcibly().waitFor();
            create().close();
            assertThat(unseen).doesNotExist();
        } finally {
            owner.destroyForcibly();
        }
    }

    @Test
    void anotherProcessLeavesTheFoldersOfThisOneAloneAndThoseOfTheDeadNot() throws Exception {
        TempFolder first = create();
        Path file = Files.writeString(first.newFile(), "x");
        // opens no lock file of this process: that would give up the locks
        TempFolder second = create();
        Path unlocked = orphan(1);

        Process other = owner(0);
        try {
            fileOf(other);
            other.getOutputStream().close();
            assertThat(other.waitFor()).isZero();
        } finally {
            other.destroyForcibly();
        }

        assertThat(file).exists();
        assertThat(unlocked).doesNotExist();
        second.close();
        first.close();
        assertThat(inParent()).isEmpty();
    }

    @Test
    void processesThatComeAndGoTogetherRemoveNothingOfEachOther() throws Exception {
        Process other = owner(100);
        try {
            do {
                TempFolderOwner.comeAndGo(parent, 10);
            } while (other.getInputStream().available() == 0 && other.isAlive());
            fileOf(other);
            other.getOutputStream().close();
            assertThat(other.waitFor()).isZero();
        } finally {
            other.destroyForcibly();
        }

        assertThat(inParent()).isEmpty();
    }

    @Test
    void aFolderThatHasNoLockFileYetIsLeftAloneForADay() throws Exception {
        Path starting = Files.createDirectory(parent.resolve("task-1-1-" + UUID.randomUUID()));
        Path unnamed = Files.writeString(starting.resolve("lock.new"), "");
        at(Duration.ZERO, unnamed, starting);

        clock.pass(Duration.ofDays(1));
        create().close();
        assertThat(unnamed).exists();

        clock.pass(Duration.ofMillis(1));
        create().close();
        assertThat(inParent()).isEmpty();
    }

    @Test
    void aFolderOfTheFormerFormatIsRemovedWhenNothingOfItWasChangedForADay() throws Exception {
        long self = ProcessHandle.current().pid();
        Path former = Files.createDirectory(parent.resolve(self + "-1-" + UUID.randomUUID()));
        Path old = Files.writeString(former.resolve("1.parquet"), "x");
        Path newer = Files.writeString(former.resolve("2.parquet"), "x");
        at(Duration.ZERO, old, former);
        at(Duration.ofHours(1), newer);

        clock.pass(Duration.ofHours(25));
        create().close();
        assertThat(newer).exists();

        clock.pass(Duration.ofMillis(1));
        create().close();
        assertThat(inParent()).isEmpty();
    }

    @Test
    void anOldFolderOfTheFormerFormatWhoseProcessRunsHereStays() throws Exception {
        ProcessHandle self = ProcessHandle.current();
        Path former = Files.createDirectory(parent.resolve(
                self.pid() + "-" + self.info().startInstant().orElseThrow().toEpochMilli() + "-" + UUID.randomUUID()));
        Path other = Files.createDirectory(parent.resolve("notes"));
        at(Duration.ZERO, former, other);
        clock.pass(Duration.ofDays(9));

        create().close();

        assertThat(inParent()).containsExactlyInAnyOrder(former, other);
    }

    @Test
    void tasksThatStartTogetherRemoveTheSameFoldersWithoutQuarrel() throws Exception {
        for (int n = 0; n < 200; n++) {
            orphan(n);
        }
        ExecutorService tasks = Executors.newFixedThreadPool(4);
        Callable<TempFolder> start = this::create;

        for (Future<TempFolder> started : tasks.invokeAll(List.of(start, start, start, start))) {
            started.get().close();
        }

        tasks.shutdown();
        assertThat(inParent()).isEmpty();
    }

    @Test
    void aLockFileHasItsNameOnlyWhenItIsLocked() throws Exception {
        TempFolder folder = create();
        Path lock = folder.newFile().resolveSibling("lock");

        // From this process the lock shows as an overlap; the channel stays open, closing it would give up the lock.
        FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        assertThatThrownBy(channel::tryLock).isInstanceOf(OverlappingFileLockException.class);

        assertThat(lock.resolveSibling("lock.new")).doesNotExist();
        channel.close();
        folder.close();
    }

    @Test
    void aFolderThatVanishedIsReplacedByOneThatIsLockedToo() throws Exception {
        TempFolder folder = create();
        Path before = folder.newFile();
        Files.delete(before.resolveSibling("lock"));
        Path kept = Files.writeString(before, "x");

        Path after = folder.newFile();

        assertThat(after.getParent()).isNotEqualTo(before.getParent());
        assertThat(after.resolveSibling("lock")).exists();
        assertThat(kept).exists();
        assertThat(after.getFileName()).hasToString("2.parquet");
        folder.close();
        assertThat(inParent()).isEmpty();
    }

    @Test
    void aFolderThatVanishedIsNoTroubleAtTheEnd() throws Exception {
        TempFolder folder = create();
        Path place = folder.newFile().getParent();
        Files.delete(place.resolve("lock"));
        Files.delete(place);

        folder.close();

        assertThat(inParent()).isEmpty();
    }

    @Test
    void aFolderThatCannotBeMadeIsExplained() throws Exception {
        Path file = Files.writeString(parent.resolve("file"), "x");

        assertThatThrownBy(() -> TempFolder.create(file, clock))
                .isInstanceOf(ConnectException.class)
                .hasMessage("The folder for temporary files '" + file
                        + "' cannot be used: java.nio.file.FileAlreadyExistsException: " + file
                        + ". Make it writable or set 's3.temp.dir' to another.");
    }

    private TempFolder create() {
        return TempFolder.create(parent, clock);
    }

    /** What a process that was killed leaves. */
    private Path orphan(int pid) throws IOException {
        Path dead = Files.createDirectory(parent.resolve("task-" + pid + "-1-" + UUID.randomUUID()));
        Files.writeString(dead.resolve("lock"), "");
        Files.writeString(dead.resolve("1.parquet"), "x");
        return dead;
    }

    private void at(Duration later, Path... paths) throws IOException {
        for (Path path : paths) {
            Files.setLastModifiedTime(path, FileTime.from(clock.instant().plus(later)));
        }
    }

    private List<Path> inParent() throws IOException {
        try (Stream<Path> paths = Files.list(parent)) {
            return paths.toList();
        }
    }

    private Process owner(int before) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TempFolderOwner.class.getName(),
                        parent.toString(),
                        Integer.toString(before))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Path fileOf(Process owner) throws IOException {
        BufferedReader out = owner.inputReader(StandardCharsets.UTF_8);
        Path file = Path.of(out.readLine());
        assertThat(file).exists();
        return file;
    }
}
