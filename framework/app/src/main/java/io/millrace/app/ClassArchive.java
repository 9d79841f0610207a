package io.millrace.app;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JVM's archive of the classes that a start loads (class data sharing): a start that has one maps some 10,000 classes of ours and of
 * Kafka into memory, where it would read, parse and verify them. The launcher looks for the archive by its name, which tells these jars and
 * this Java, and if there is none lets the JVM write down what it loads; of that list the run makes the archive when the start is over.
 *
 * <p>It is only ever a matter of speed: a JVM that cannot use an archive starts without it, and a run that cannot make one goes on.
 */
final class ClassArchive {
    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);

    /** The system properties by which the launcher asks for an archive. */
    private static final String ARCHIVE = "millrace.archive";

    private static final String CLASSES = "millrace.archive.classes";

    /** Until the start is likely to be over: the archive takes a processor for some seconds, though with low priority. */
    private static final Duration QUIET_AFTER = Duration.ofSeconds(5);

    private static final Duration MADE_WITHIN = Duration.ofMinutes(3);
    private static final Path NICE = Path.of("/usr/bin/nice");

    private final Path file;
    private final Path folder;
    private final Path classes;
    private final CountDownLatch stop = new CountDownLatch(1);

    /**
     * @param file where the archive is to be
     * @param classes what the JVM has loaded, as it writes it down; removed when it has been used
     */
    ClassArchive(Path file, Path classes) {
        this.file = file.toAbsolutePath();
        this.folder = Objects.requireNonNull(this.file.getParent());
        this.classes = classes.toAbsolutePath();
    }

    /** What the launcher asks for. */
    static Optional<ClassArchive> wanted() {
        String file = System.getProperty(ARCHIVE);
        String classes = System.getProperty(CLASSES);
        return file == null || classes == null
                ? Optional.empty()
                : Optional.of(new ClassArchive(Path.of(file), Path.of(classes)));
    }

    /** Makes it in the background, when the start has been over for a while. Closing gives it up. */
    AutoCloseable makeWhenQuiet() {
        Thread maker = new Thread(this::waitAndMake, "class-archive");
        maker.setDaemon(true);
        maker.start();
        return () -> {
            stop.countDown();
            maker.join(TimeUnit.SECONDS.toMillis(5));
        };
    }

    private void waitAndMake() {
        try {
            if (!stop.await(QUIET_AFTER.toMillis(), TimeUnit.MILLISECONDS)) {
                make();
            }
        } catch (IOException e) {
            LOG.atInfo()
                    .addKeyValue("file", file)
                    .addKeyValue("error", e.toString())
                    .log("no class archive could be made; the next start is as slow as this one");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            deleteQuietly(classes);
        }
    }

    /** Makes it now, in a process of low priority; answers whether it is there. Of several runs that do it, the last one's stays. */
    boolean make() throws IOException, InterruptedException {
        String mark = "." + ProcessHandle.current().pid();
        Path list = Path.of(file + mark + ".list");
        Path fresh = Path.of(file + mark + ".new");
        long begin = System.nanoTime();
        try {
            Files.write(list, wholeLines(), StandardCharsets.UTF_8);
            // first, so that runs which are killed over and over leave one such file and not one each
            removeOthers(file, classes, list);
            if (!dump(list, fresh) || !Files.exists(fresh)) {
                LOG.atInfo().addKeyValue("file", file).log("Java made no class archive");
                return false;
            }
            // Invariant: what has the archive's name is whole, also after the machine went down: a JVM that maps half
            // of one dies.
            flush(fresh);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            LOG.atInfo()
                    .addKeyValue("file", file)
                    .addKeyValue("bytes", Files.size(file))
                    .addKeyValue("millis", (System.nanoTime() - begin) / 1_000_000)
                    .log("class archive made; later starts are quicker");
            return true;
        } finally {
            deleteQuietly(list);
            deleteQuietly(fresh);
        }
    }

    /** The JVM is still writing: its last line may be a part of one. */
    private List<String> wholeLines() throws IOException {
        String written = Files.readString(classes, StandardCharsets.UTF_8);
        return written.substring(0, written.lastIndexOf('\n') + 1).lines().toList();
    }

    private boolean dump(Path list, Path fresh) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(list, fresh))
                .directory(folder.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            long deadline = System.nanoTime() + MADE_WITHIN.toNanos();
            while (System.nanoTime() < deadline && !process.waitFor(200, TimeUnit.MILLISECONDS)) {
                if (stop.getCount() == 0) {
                    return false;
                }
            }
            return !process.isAlive() && process.exitValue() == 0;
        } finally {
            process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
    }

    private static List<String> command(Path list, Path fresh) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(NICE)) {
            command.addAll(List.of(NICE.toString(), "-n", "19"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // an archive serves only a JVM with the same layout of objects
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.matches("-Xmx.*|-XX:\\+Use\\w+GC|-XX:[+-]UseCompressed\\w+"))
                .forEach(command::add);
        command.addAll(List.of(
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + list,
                "-XX:SharedArchiveFile=" + fresh,
                "-cp",
                System.getProperty("java.class.path")));
        return command;
    }

    private static void flush(Path fresh) throws IOException {
        // Java makes it read-only, which is enough here: reading suffices to flush
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Archives of jars that were replaced, and what killed runs left. A run that makes one at this very moment gives up. */
    private void removeOthers(Path... but) throws IOException {
        List<Path> kept = List.of(but);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.jsa*")) {
            for (Path entry : entries) {
                if (!kept.contains(entry)) {
                    Files.deleteIfExists(entry);
                }
            }
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.atDebug().setCause(e).addKeyValue("file", path).log("cannot be deleted");
        }
    }
}
