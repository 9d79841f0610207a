package io.millrace.connectors.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A bucket on the heap. Keeps its promises under the same contract test as the real one; before and after each step, a test may step in. */
final class InMemoryObjectStore implements ObjectStore {
    final NavigableMap<String, byte[]> objects = new TreeMap<>();
    /** Called with {@code before upload}, {@code after upload}, {@code before delete}...; may throw. */
    Consumer<String> interference = step -> {};

    @Override
    public void upload(String key, Path file) {
        interference.accept("before upload");
        try {
            objects.put(key, Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        interference.accept("after upload");
    }

    @Override
    public List<String> list(String prefix) {
        interference.accept("before list");
        return objects.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
    }

    @Override
    public void delete(List<String> keys) {
        for (String key : keys) {
            interference.accept("before delete");
            objects.remove(key);
        }
        interference.accept("after delete");
    }

    @Override
    public void close() {}

    /** Writes all objects as files. */
    List<Path> export(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        for (var object : objects.entrySet()) {
            Path file = folder.resolve(object.getKey());
            Files.createDirectories(file.getParent());
            files.add(Files.write(file, object.getValue()));
        }
        return files;
    }
}
