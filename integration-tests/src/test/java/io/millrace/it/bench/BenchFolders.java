package io.millrace.it.bench;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Folders of measurements. What one has left is emptied and not deleted before the end: for minutes after a deletion ext4 looks, with each new
 * file, through all numbers of files that were just deleted, at the cost of whichever broker makes files next.
 */
final class BenchFolders {
    private final Path root;
    private int made;

    BenchFolders(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    /** The folder of all; what a run that failed has left in it is deleted. */
    Path make() throws IOException {
        delete();
        return Files.createDirectories(root);
    }

    /** A name that was not used before. */
    Path next(Contestant contestant) {
        made++;
        return root.resolve(made + "-" + contestant.label());
    }

    /** Gives the space back, and spares the machine the writing of what nobody reads again. */
    static void empty(Path folder) throws IOException {
        for (Path file : files(folder)) {
            if (Files.isRegularFile(file)) {
                FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        .close();
            }
        }
    }

    void delete() throws IOException {
        if (Files.exists(root)) {
            for (Path file : files(root)) {
                Files.delete(file);
            }
        }
    }

    /** What is in a folder before the folder. */
    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
