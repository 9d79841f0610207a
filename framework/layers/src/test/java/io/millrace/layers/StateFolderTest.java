package io.millrace.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
    @TempDir
    Path stateDir;

    private Path store;
    private Path identity;

    @BeforeEach
    void aStoreAndTheIdentityOfAProcess() throws IOException {
        store = Files.createDirectories(stateDir.resolve("app/0_1/rocksdb/orders.rows"));
        identity = Files.write(stateDir.resolve("app/kafka-streams-process-metadata"), new byte[] {1});
    }

    @Test
    void whatAKillLeftIsRemovedButNotTheIdentity() {
        new StateFolder(stateDir, "app").open();

        assertThat(store).doesNotExist();
        assertThat(stateDir.resolve("app/0_1")).doesNotExist();
        assertThat(identity).exists();
    }

    @Test
    void whatACleanStopLeftStaysForOneStart() {
        StateFolder folder = new StateFolder(stateDir, "app");
        folder.leftCleanly();

        folder.open();
        assertThat(store).exists();

        folder.open();
        assertThat(store).doesNotExist();
    }

    @Test
    void aNewFolderNeedsNothing() {
        new StateFolder(stateDir.resolve("new"), "app").open();

        assertThat(stateDir.resolve("new")).doesNotExist();
    }
}
