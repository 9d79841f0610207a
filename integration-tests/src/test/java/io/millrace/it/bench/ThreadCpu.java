package io.millrace.it.bench;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The CPU seconds of a JVM, by the part of Millrace whose thread used them. Read from the thread dump of {@code jcmd}, so nothing of the
 * measured process knows that it is measured. What threads that have ended used is a part of its own: the whole process less all others.
 */
public final class ThreadCpu {
    private static final Pattern THREAD = Pattern.compile("^\"(.*?)\" .*?cpu=([0-9.]+)ms", Pattern.MULTILINE);

    /** Name of the thread to its part; the first that matches counts. */
    private static final Map<Pattern, String> PARTS = new LinkedHashMap<>();

    static {
        part("StreamThread|StateUpdater|millrace\\.[^ ]*-(producer|consumer)", "layers");
        part("debezium-|task-thread-[^ ]*\\.shopdb|connector-producer-[^ ]*\\.shopdb", "source shopdb");
        part("[^ ]*\\.(clicks|readings)\\b.*", "sources clicks, readings");
        part("[^ ]*\\.(lake)\\b.*", "sink lake");
        part("[^ ]*\\.(warehouse)\\b.*", "sink warehouse");
        part("[^ ]*\\.(search)\\b.*", "sink search");
        part(
                "data-plane|kafka-scheduler|quorum-controller|raft-|kafka-raft|kafka-metadata|group-coordinator"
                        + "|kafka-[0-9]+-(raft|metadata)|TxnMarker|AddPartitionsToTxn|executor-Fetch|transaction|ExpirationReaper|log-|kafka-log|broker-|AlterPartition|NodeToController|controller-",
                "broker");
        part("^main$", "start, and the summary");
        part("C[12] CompilerThre|Sweeper", "JIT compiler");
        part("G1 |GC Thread|VM Thread|VM Periodic|Shenandoah|ZGC|Serial", "JVM, garbage collection");
    }

    private ThreadCpu() {}

    private static void part(String pattern, String name) {
        PARTS.put(Pattern.compile(pattern), name);
    }

    /** Part to CPU seconds so far. */
    public static Map<String, BigDecimal> of(long pid) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid),
                        "Thread.print")
                .redirectErrorStream(true)
                .start();
        String dump = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = jcmd.waitFor();
        if (status != 0) {
            throw new IOException("jcmd ended with " + status + ": " + dump);
        }
        Map<String, BigDecimal> parts = new LinkedHashMap<>();
        Matcher threads = THREAD.matcher(dump);
        while (threads.find()) {
            parts.merge(partOf(threads.group(1)), new BigDecimal(threads.group(2)).movePointLeft(3), BigDecimal::add);
        }
        BigDecimal listed = parts.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        parts.put(
                "threads that have ended",
                ProcessFigures.cpuSeconds(pid).subtract(listed).max(BigDecimal.ZERO));
        return parts;
    }

    static String partOf(String thread) {
        return PARTS.entrySet().stream()
                .filter(part -> part.getKey().matcher(thread).find())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("other");
    }
}
