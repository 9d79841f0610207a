package io.millrace.dev.searchprocess;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchProcessTest {
    @TempDir
    Path temp;

    @Test
    void isAbandonedWhenItsRecordIsMissedTwiceInARow() throws Exception {
        Path record = temp.resolve("server.json");
        SearchProcess process = new SearchProcess(record, 42);

        assertThat(process.isAbandoned()).isFalse();
        Files.writeString(record, "{\"port\":1,\"pid\":42}");
        assertThat(process.isAbandoned()).isFalse();
        Files.writeString(record, "{\"port\":1,\"pid\":421}");
        assertThat(process.isAbandoned()).isFalse();
        assertThat(process.isAbandoned()).isTrue();
    }
}
