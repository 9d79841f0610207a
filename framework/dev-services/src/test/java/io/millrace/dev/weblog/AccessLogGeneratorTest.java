package io.millrace.dev.weblog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.foundation.error.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogGeneratorTest {
    private static final Pattern COMBINED =
            Pattern.compile("\\S+ \\S+ \\S+ \\[[^]]+] \"\\S+ \\S+ HTTP/1\\.1\" \\d{3} \\d+ \"[^\"]*\" \"[^\"]*\"");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path folder;

    @Test
    void ofEachHundredLinesOneIsCutOffAndFiveAskForHealth() {
        AccessLogScript script = new AccessLogScript(3);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lines.add(script.next(CLOCK.instant()));
        }
        assertThat(lines.stream().filter(line -> !COMBINED.matcher(line).matches()))
                .hasSize(3);
        assertThat(lines.stream().filter(line -> line.contains("GET /health HTTP")))
                .hasSize(15);
        assertThat(lines).allMatch(line -> line.contains("[31/Jan/2026:12:00:00 +0000]"));
        AccessLogScript again = new AccessLogScript(3);
        assertThat(lines).allMatch(line -> line.equals(again.next(CLOCK.instant())));
    }

    @Test
    void theLogIsRotatedByRename() throws Exception {
        Path file = folder.resolve("access.log");
        List<String> said = new ArrayList<>();
        new AccessLogGenerator(file, new AccessLogScript(1), CLOCK, 10)
                .run(100_000, 25, new CountDownLatch(1), said::add);

        assertThat(said).containsExactly("ready");
        assertThat(Files.readAllLines(folder.resolve("access.log.1"))).hasSize(10);
        assertThat(Files.readAllLines(file)).hasSize(5);
    }

    @Test
    void whatCannotBeWrittenIsTold() {
        Path file = folder.resolve("missing/access.log");
        assertThatThrownBy(() -> new AccessLogGenerator(file, new AccessLogScript(1), CLOCK, 10)
                        .run(1000, 1, new CountDownLatch(1), line -> {}))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("dev.log-unwritable");
    }
}
