package io.millrace.layers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local state of one application, and whether it was left cleanly. With exactly-once, Kafka Streams throws away the state of a process
 * that was killed and restores it from the changelogs, but only after it has opened every store, twice: seconds that a restart has not got.
 * So what it would throw away is removed before it looks. The file with the process's identity stays, since its open transactions are
 * fenced by it.
 */
final class StateFolder {
    private static final Logger LOG = LoggerFactory.getLogger(StateFolder.class);
    private static final Pattern TASK = Pattern.compile("\\d+_\\d+");

    private final Path application;
    private final Path cleanMark;

    StateFolder(Path stateDir, String applicationId) {
        this.application = stateDir.resolve(applicationId);
        this.cleanMark = stateDir.resolve(applicationId + ".stopped-cleanly");
    }

    /** Before a start: removes state that was not left cleanly; from now on a kill leaves it so. */
    void open() {
        try {
            boolean clean = Files.deleteIfExists(cleanMark);
            if (!clean && Files.isDirectory(application)) {
                List<Path> tasks = tasks();
                for (Path task : tasks) {
                    deleteAll(task);
                }
                LOG.atInfo()
                        .addKeyValue("tasks", tasks.size())
                        .log("state that was not left cleanly is restored from its changelogs");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** After a stop in which every store was closed. */
    void leftCleanly() {
        try {
            Files.createDirectories(cleanMark.getParent());
            Files.write(cleanMark, new byte[0]);
        } catch (IOException e) {
            // the next start restores from the changelogs: slower, not wrong
            LOG.atWarn().setCause(e).addKeyValue("file", cleanMark).log("the mark of a clean stop cannot be written");
        }
    }

    private List<Path> tasks() throws IOException {
        try (Stream<Path> entries = Files.list(application)) {
            return entries.filter(entry ->
                            TASK.matcher(entry.getFileName().toString()).matches())
                    .toList();
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
