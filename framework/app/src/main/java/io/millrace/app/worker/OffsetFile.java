package io.millrace.app.worker;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of a standalone worker of Kafka Connect: a serialized {@code HashMap} of key bytes to value bytes
 * ({@code org.apache.kafka.connect.storage.FileOffsetBackingStore}).
 */
final class OffsetFile {
    /** Nothing but what such a file is made of: deserialization must not run anything else. */
    private static final ObjectInputFilter ONLY_BYTES = ObjectInputFilter.Config.createFilter(
            "java.util.HashMap;java.util.Map$Entry;[Ljava.util.Map$Entry;[B;maxdepth=4;!*");

    private OffsetFile() {}

    /**
     * Its entries; none where the file is missing or empty, as for Kafka Connect. One that is cut off is refused, where Kafka Connect begins anew.
     *
     * @throws ProblemException YOURS, {@code worker.offset-file}; the file stays as it is
     */
    static List<Map.Entry<byte[], byte[]>> read(Path file) {
        if (isEmpty(file)) {
            return List.of();
        }
        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
            in.setObjectInputFilter(ONLY_BYTES);
            if (!(in.readObject() instanceof HashMap<?, ?> map)) {
                throw wrong(file, "it holds no offsets", null);
            }
            List<Map.Entry<byte[], byte[]>> entries = new ArrayList<>();
            map.forEach((key, value) -> {
                if (key instanceof byte[] k && value instanceof byte[] v) {
                    entries.add(Map.entry(k, v));
                }
            });
            return entries;
        } catch (IOException | ClassNotFoundException e) {
            throw wrong(file, e.toString(), e);
        }
    }

    private static boolean isEmpty(Path file) {
        try {
            return !Files.exists(file) || Files.size(file) == 0;
        } catch (IOException e) {
            throw wrong(file, e.toString(), e);
        }
    }

    private static ProblemException wrong(Path file, String what, @Nullable Exception cause) {
        Problem problem = Problem.error(
                "worker.offset-file",
                file.toString(),
                "The offsets '" + file + "' of a standalone worker cannot be read: " + what + ".",
                "Name the file that Kafka Connect wrote, or move it away so that sources begin anew.");
        return cause == null
                ? new ProblemException(ExitCode.YOURS, problem)
                : new ProblemException(ExitCode.YOURS, problem, cause);
    }
}
