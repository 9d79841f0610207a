package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochFileTest {
    @TempDir
    Path folder;

    private Path path;
    private EpochFile file;

    @BeforeEach
    void open() throws IOException {
        path = folder.resolve("leader-epoch-checkpoint");
        file = new EpochFile(path.toFile(), new DiskFailure(e -> {}));
    }

    private static List<EpochEntry> epochs(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new EpochEntry(i, 10L * i))
                .toList();
    }

    @Test
    void aNewFileHasNone() {
        assertThat(file.read()).isEmpty();
    }

    @Test
    void asManyAreReadAsTheFileSaysAndNotTheTailOfAnOlderOne() throws IOException {
        Files.writeString(path, "0\n1\n7 70\n2 20\n3 30\n");
        assertThat(file.read()).containsExactly(new EpochEntry(7, 70));
    }

    @Test
    void fewerThanTheFileSaysAreNone() throws IOException {
        Files.writeString(path, "0\n3\n7 70\n");
        assertThat(file.read()).isEmpty();
    }

    @Test
    void aListThatShrinksOrIsLongerThanAPageIsReplacedByKafkasOwnForm() throws IOException {
        for (int count : List.of(3, 1200, 1201, 2, 0)) {
            file.write(epochs(count));
            assertThat(file.read()).isEqualTo(epochs(count));
            assertThat(new LeaderEpochCheckpointFile(path.toFile(), new LogDirFailureChannel(1)).read())
                    .isEqualTo(epochs(count));
        }
        assertThat(folder.resolve("leader-epoch-checkpoint.tmp")).doesNotExist();
    }

    @Test
    void epochsOfAFolderThatIsGoneAreNotWritten() throws IOException {
        Files.delete(path);
        file.write(epochs(2));
        assertThat(path).doesNotExist();
    }
}
