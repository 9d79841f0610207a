package io.millrace.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An archive of the classes of the distribution, read and verified: with it a JVM of Millrace starts in half of the CPU time, and the tests
 * start more than a hundred. It is made once, by a run of a small pipeline. A JVM that cannot use it, because its class path is another one,
 * starts without it.
 */
final class ClassData {
    private static final Logger LOG = LoggerFactory.getLogger(ClassData.class);
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(90);
    /** A JVM that cannot use the archive would say so among what a test compares. */
    private static final String SILENT = " -Xlog:cds=off -Xlog:cds+dynamic=off";

    private static final String PIPELINE = """
            pipeline: class-data
            sources:
              web: {type: logs, path: "%s/*.log"}
            streams:
              cleaned.requests:
                from: raw.web
                steps:
                  - parse: combined
              curated.minutes:
                from: cleaned.requests
                steps:
                  - window: {tumbling: 1m, by: {status: value.status}, time: value.at, grace: 5m}
                    aggregate: {requests: count()}
            sinks: {}
            """;

    private ClassData() {}

    private static final class Holder {
        private static final String OPTIONS = options();
    }

    /** The JVM options that use it; none where it could not be made. */
    static String jvmOptions() {
        return Holder.OPTIONS;
    }

    private static String options() {
        Path target = Distribution.project().resolve("integration-tests/target");
        Path archive = target.resolve("millrace-" + Runtime.version() + ".jsa");
        try {
            if (!isCurrent(archive)) {
                Files.createDirectories(target);
                make(archive);
            }
            return "-XX:SharedArchiveFile=" + archive + SILENT;
        } catch (Exception e) {
            LOG.atWarn().setCause(e).log("no class data: every start takes longer");
            return "";
        }
    }

    private static boolean isCurrent(Path archive) throws IOException {
        if (!Files.exists(archive)) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(archive);
        try (Stream<Path> jars = Files.list(Distribution.home().resolve("lib"))) {
            for (Path jar : jars.toList()) {
                if (Files.getLastModifiedTime(jar).compareTo(made) >= 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** A JVM writes its archive at its end. */
    private static void make(Path archive) throws Exception {
        Path folder = Files.createTempDirectory("millrace-class-data");
        try {
            Path pipeline = folder.resolve("pipeline.yaml");
            Files.writeString(pipeline, String.format(PIPELINE, folder));
            Files.writeString(
                    folder.resolve("web.log"),
                    "10.0.0.1 - - [31/Jan/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 200 17 \"-\" \"-\"\n");
            Path fresh = folder.resolve("classes.jsa");
            try (MillraceProcess run = MillraceProcess.startAsItIs(
                    folder,
                    Map.of(
                            MillraceProcess.JVM_OPTIONS,
                            MillraceProcess.QUICK_COMPILER + " -XX:ArchiveClassesAtExit=" + fresh + SILENT),
                    List.of(
                            Distribution.home().resolve("bin/millrace").toString(),
                            "run",
                            pipeline.toString(),
                            "--data-dir",
                            folder.resolve("data").toString(),
                            "--broker-port",
                            "0"))) {
                run.awaitOutput("Running", STARTS_WITHIN);
                run.stop();
            }
            Files.move(fresh, archive, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
