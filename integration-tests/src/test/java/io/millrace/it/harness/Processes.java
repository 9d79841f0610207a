package io.millrace.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The processes of this machine, as far as they belong to a test. */
public final class Processes {
    private static final Duration GONE_WITHIN = Duration.ofSeconds(20);

    private Processes() {}

    /** Those whose command line names the folder. */
    public static List<ProcessHandle> in(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(folder.toString()))
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .toList();
    }

    /** Nothing that was started for the folder outlives the command that started it. */
    public static void assertNoneIn(Path folder) throws Exception {
        Await.until(GONE_WITHIN, () -> assertThat(in(folder))
                .as("processes left behind in %s", folder)
                .isEmpty());
    }
}
