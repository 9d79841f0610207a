package io.millrace.connectors.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TempFolderTest {
    @TempDir
    Path parent;

    @Test
    void foldersOfDeadProcessesAreRemovedAndNothingElse() throws Exception {
        long self = ProcessHandle.current().pid();
        Path dead = Files.createDirectory(parent.resolve(self + "-1-" + UUID.randomUUID()));
        Files.writeString(dead.resolve("1.parquet"), "x");
        Path foreign = Files.createDirectory(parent.resolve("notes"));
        TempFolder living = TempFolder.create(parent);
        Path file = Files.writeString(living.newFile(), "x");

        TempFolder other = TempFolder.create(parent);

        assertThat(dead).doesNotExist();
        assertThat(foreign).exists();
        assertThat(file).exists();
        other.close();
        living.close();
        assertThat(Files.list(parent)).containsExactly(foreign);
    }

    @Test
    void tasksThatStartTogetherRemoveTheSameFoldersWithoutQuarrel() throws Exception {
        long self = ProcessHandle.current().pid();
        for (int n = 0; n < 200; n++) {
            Path dead = Files.createDirectory(parent.resolve(self + "-1-" + UUID.randomUUID()));
            Files.writeString(dead.resolve("1.parquet"), "x");
        }
        ExecutorService tasks = Executors.newFixedThreadPool(4);
        Callable<TempFolder> start = () -> TempFolder.create(parent);

        for (Future<TempFolder> started : tasks.invokeAll(List.of(start, start, start, start))) {
            started.get().close();
        }

        tasks.shutdown();
        assertThat(Files.list(parent)).isEmpty();
    }

    @Test
    void aFolderThatCannotBeMadeIsExplained() throws Exception {
        Path file = Files.writeString(parent.resolve("file"), "x");

        assertThatThrownBy(() -> TempFolder.create(file))
                .isInstanceOf(ConnectException.class)
                .hasMessage("The folder for temporary files '" + file
                        + "' cannot be used: java.nio.file.FileAlreadyExistsException: " + file
                        + ". Make it writable or set 's3.temp.dir' to another.");
    }
}
