package io.millrace.app.worker;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What tells a standalone worker from all others on the same Kafka, beside the file of its offsets: two of them may have connectors of the same
 * name. Kafka Connect has only that file; here offsets are in a topic, and transactions fence by name.
 *
 * @param groupId prefix of its transactional ids and name of its topic of offsets
 * @param imported whether the offsets of the file were taken over
 */
record Identity(Path file, String groupId, boolean imported) {
    private static final String GROUP = "group.id";
    private static final String IMPORTED = "offsets.imported";

    /** The one that is there, or a new one, which is written down. */
    static Identity of(Path file) {
        try {
            if (Files.exists(file)) {
                Properties known = new Properties();
                try (Reader reader = Files.newBufferedReader(file)) {
                    known.load(reader);
                }
                String group = known.getProperty(GROUP, "");
                if (group.isEmpty()) {
                    throw wrong(file, "it has no '" + GROUP + "'", null);
                }
                return new Identity(file, group, Boolean.parseBoolean(known.getProperty(IMPORTED)));
            }
            Identity made = new Identity(file, "millrace-standalone-" + UUID.randomUUID(), false);
            made.write();
            return made;
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw wrong(file, e.toString(), e);
        }
    }

    String offsetTopic() {
        return groupId + "-offsets";
    }

    /** The offsets of the file were taken over. */
    Identity withImport() {
        Identity done = new Identity(file, groupId, true);
        done.write();
        return done;
    }

    private void write() {
        Properties properties = new Properties();
        properties.setProperty(GROUP, groupId);
        properties.setProperty(IMPORTED, Boolean.toString(imported));
        Path half = file.resolveSibling(file.getFileName() + ".new");
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            try (Writer writer = Files.newBufferedWriter(half)) {
                properties.store(writer, "Who this worker is; its offsets are in the topic " + offsetTopic());
            }
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw wrong(file, e.toString(), e);
        }
    }

    private static ProblemException wrong(Path file, String what, @Nullable Exception cause) {
        Problem problem = Problem.error(
                "worker.identity",
                file.toString(),
                "The file '" + file + "', which says who this worker is, cannot be used: " + what + ".",
                "Let the worker write beside 'offset.storage.file.filename'.");
        return cause == null
                ? new ProblemException(ExitCode.ENVIRONMENT, problem)
                : new ProblemException(ExitCode.ENVIRONMENT, problem, cause);
    }
}
