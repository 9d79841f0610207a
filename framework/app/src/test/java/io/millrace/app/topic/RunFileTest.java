package io.millrace.app.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFileTest {

    @TempDir
    private Path folder;

    @Test
    void isThereWhileTheRunIs() throws Exception {
        AutoCloseable run = RunFile.write(folder, "127.0.0.1:9092", "shop");
        assertThat(RunFile.read(folder))
                .contains(new RunFile(
                        "127.0.0.1:9092", "shop", ProcessHandle.current().pid()));
        run.close();
        assertThat(RunFile.read(folder)).isEmpty();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void thatOfAKilledRunIsNotBelieved() throws Exception {
        Process gone = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--version")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        gone.waitFor();
        Files.writeString(
                folder.resolve("run.json"),
                "{\"broker\":\"127.0.0.1:1\",\"pipeline\":\"shop\",\"pid\":" + gone.pid() + "}");
        assertThat(RunFile.read(folder)).isEmpty();
    }

    @Test
    void tellsWhatToDoWhereNothingRunsOrTheFileIsNone() throws Exception {
        assertThatThrownBy(() -> BrokerAddress.find(Optional.empty(), Path.of("/nowhere/.millrace")))
                .hasMessage(
                        "[cli.not-running] No pipeline runs with the data folder '/nowhere/.millrace'. Start it with"
                                + " 'millrace run', name the folder of the one that runs (--data-dir), or its broker (--broker"
                                + " host:port).");
        Files.writeString(folder.resolve("run.json"), "{\"broker\":");
        assertThatThrownBy(() -> RunFile.read(folder))
                .hasMessageStartingWith("[cli.run-file] '" + folder.resolve("run.json") + "' cannot be read: ");
    }
}
