package io.millrace.dev.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevFolderTest {
    private static final long EXABYTE = 1L << 60;

    @TempDir
    Path temp;

    @Test
    void makesMissingFolders() {
        Path folder = DevFolder.prepare(temp.resolve("a/b"), 0);

        assertThat(folder).isAbsolute().isEmptyDirectory();
    }

    @Test
    void saysHowMuchIsFreeAndNeeded() throws Exception {
        long free = Files.getFileStore(temp).getUsableSpace();

        assertThatThrownBy(() -> DevFolder.prepare(temp, EXABYTE))
                .hasMessageMatching(
                        "\\[dev\\.folder-full] the disk of folder '" + temp
                                + "' has \\d+ MB free, dev services need 1099511627776 MB\\. Free some space, or choose a folder on another disk\\.");
        assertThat(free).isLessThan(EXABYTE);
    }

    @Test
    void aDiskThatFillsUpLaterIsTheSameProblem() {
        assertThat(DevFolder.failed(temp, new IOException("No space left on device")))
                .hasMessage("[dev.folder-full] the disk of folder '" + temp
                        + "' has no space left. Free some space, or choose a folder on another disk.");
    }

    @Test
    void replacesAPrivateFileWhole() throws Exception {
        Path file = temp.resolve("secret");
        DevFolder.writePrivate(file, "old");

        DevFolder.writePrivate(file, "new");

        assertThat(file).hasContent("new");
        assertThat(temp)
                .isDirectoryNotContaining(path -> path.getFileName().toString().endsWith(".tmp"));
        if (DevFolder.isPosix(file)) {
            assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        }
    }
}
