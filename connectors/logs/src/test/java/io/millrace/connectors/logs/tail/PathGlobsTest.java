package io.millrace.connectors.logs.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathGlobsTest {
    @TempDir
    Path folder;

    @Test
    void twoStarsAreAnyNumberOfFolders() throws Exception {
        file("a.log");
        file("x/b.log");
        file("x/y/c.log");
        file("x/y/c.txt");

        assertThat(matched(List.of(folder + "/**/*.log"), List.of()))
                .containsExactlyInAnyOrder("a.log", "x/b.log", "x/y/c.log");
        assertThat(matched(List.of(folder + "/*.log"), List.of())).containsExactly("a.log");
        assertThat(matched(List.of(folder + "/*/*.log", folder + "/a.log"), List.of(folder + "/x/[a-b]*")))
                .containsExactly("a.log");
    }

    @Test
    void aFileWithTwoNamesIsFoundOnce() throws Exception {
        Files.createSymbolicLink(folder.resolve("b.log"), file("a.log"));

        assertThat(matched(List.of(folder + "/*.log"), List.of())).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "/var/log/*.log, /var/log",
        "/var/log/app.log, /var/log",
        "/var/**/x, /var",
        "/*.log, /",
        "/a/b{c}/d, /a"
    })
    void theBaseIsAboveTheFirstWildcard(String pattern, String base) {
        assertThat(PathGlobs.base(pattern)).isEqualTo(Path.of(base));
    }

    @ParameterizedTest
    @CsvSource({
        "access.log, access.log",
        "access.log.1, access.log",
        "access.log.2.gz, access.log",
        "access.log-20261122, access.log",
        "access.log-20261122.gz, access.log",
        "app.2026-11-22T05.log, app.log",
        "app-2026-11-22_1.log, app.log",
        "app.log.old, app.log",
        "other.log, other.log"
    })
    void theNameOfALogIsWhatRotationLeaves(String file, String log) {
        assertThat(LogName.of(Path.of("/f", file))).isEqualTo(new LogName("/f/" + log));
    }

    @Test
    void aStateReadsBackWhatItWrites() {
        FileState state = new FileState(
                7,
                123,
                "ab",
                2,
                5,
                -1,
                Long.MIN_VALUE,
                List.of(new Checkpoint(9, -5), new Checkpoint(99, 3)),
                true,
                "/a|b%7c%",
                "/c");

        assertThat(FileState.parse(state.text())).isEqualTo(state);
    }

    private List<String> matched(List<String> paths, List<String> exclude) throws IOException {
        return new PathGlobs(paths, exclude)
                .find().stream()
                        .filter(FoundFile::matched)
                        .map(found -> folder.relativize(found.path()).toString())
                        .toList();
    }

    private Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, name);
    }
}
