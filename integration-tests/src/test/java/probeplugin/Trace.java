package probeplugin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file in which the plugins of one worker write, one line per call, named by the environment variable {@code PROBE_TRACE}. Each plugin has
 * this class in its own loader; lines are appended whole, so their order in the file is the order of the calls of each thread.
 */
final class Trace {
    private static final OutputStream FILE = open();

    private Trace() {}

    private static OutputStream open() {
        String file = System.getenv("PROBE_TRACE");
        if (file == null) {
            throw new IllegalStateException("PROBE_TRACE names no file");
        }
        try {
            return Files.newOutputStream(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(String... fields) {
        StringBuilder line = new StringBuilder().append(System.nanoTime());
        for (String field : fields) {
            line.append('\t').append(field.replace('\t', ' ').replace('\n', ' '));
        }
        byte[] bytes = line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        synchronized (FILE) {
            try {
                FILE.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
