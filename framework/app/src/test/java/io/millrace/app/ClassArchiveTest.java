package io.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {
    @TempDir
    Path folder;

    private Path file;
    private Path classes;

    @BeforeEach
    void setUp() {
        file = folder.resolve("millrace-1-2.jsa");
        classes = folder.resolve("millrace-1-2.jsa.77.classes");
    }

    @Test
    void isMadeOfTheListThatJavaIsStillWritingAndJavaTakesIt() throws Exception {
        Files.writeString(classes, "java/lang/Object id: 0\njava/lang/String id: 1\njava/util/concur");

        assertThat(new ClassArchive(file, classes).make()).isTrue();

        assertThat(file).isNotEmptyFile();
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:SharedArchiveFile=" + file,
                        "-Xshare:on",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-version")
                .redirectErrorStream(true)
                .start();
        String said = new String(java.getInputStream().readAllBytes());
        assertThat(java.waitFor()).as(said).isZero();
    }

    @Test
    void archivesOfOtherJarsAndListsOfKilledRunsAreRemovedAndNothingElse() throws Exception {
        Files.writeString(classes, "java/lang/Object id: 0\n");
        Files.writeString(folder.resolve("millrace-3-4.jsa"), "of other jars");
        Files.writeString(folder.resolve("millrace-3-4.jsa.5.classes"), "of a killed run");
        Files.writeString(folder.resolve("notes"), "not ours");

        assertThat(new ClassArchive(file, classes).make()).isTrue();

        assertThat(names()).containsExactlyInAnyOrder("millrace-1-2.jsa", "millrace-1-2.jsa.77.classes", "notes");
    }

    @Test
    void anArchiveThatIsThereStaysUntilTheNewOneIsWhole() throws Exception {
        Files.writeString(classes, "java/lang/Object id: 0\n");
        Files.writeString(file, "an older one");

        assertThat(new ClassArchive(file, classes).make()).isTrue();

        assertThat(Files.size(file)).isGreaterThan(1 << 20);
    }

    @Test
    void withoutAListNothingIsMade() throws Exception {
        assertThatThrownBy(() -> new ClassArchive(file, classes).make()).isInstanceOf(NoSuchFileException.class);

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aRunThatStopsBeforeItIsQuietLeavesNoList() throws Exception {
        Files.writeString(classes, "java/lang/Object id: 0\n");
        new ClassArchive(file, classes).makeWhenQuiet().close();

        assertThat(folder).isEmptyDirectory();
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList().stream();
        }
    }
}
