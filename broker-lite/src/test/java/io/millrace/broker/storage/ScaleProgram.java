package io.millrace.broker.storage;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** Measures what many logs cost: first appends, memory, a clean stop, a start, a stop again. Arguments: a new folder, and how many. */
final class ScaleProgram {
    private ScaleProgram() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int count = Integer.parseInt(args[1]);
        KafkaScheduler scheduler = new KafkaScheduler(1, true, "scale-");
        scheduler.startup();
        // loads classes
        try (LogStore warm = open(folder.resolve("warm"), 1, scheduler)) {
            write(warm, 1);
        }
        Files.createDirectories(folder.resolve("data"));
        long heap = heap();
        long resident = resident();
        LogStore store = timed("open, metadata", () -> open(folder.resolve("data"), count, scheduler));
        timed("first appends", () -> write(store, count));
        timed("second appends", () -> write(store, count));
        System.out.printf(
                "heap per log: %d bytes; resident per log: %d KiB%n",
                (heap() - heap) / count, (resident() - resident) / count);
        timed("close", () -> close(store));
        LogStore again = timed("open again", () -> open(folder.resolve("data"), count, scheduler));
        timed("open each log", () -> {
            for (int i = 0; i < count; i++) {
                again.log(new TopicPartition("t", i));
            }
            return again;
        });
        timed("close again", () -> close(again));
        scheduler.shutdown();
    }

    private static LogStore open(Path folder, int count, KafkaScheduler scheduler) {
        LogStore store = LogStore.open(StorageConfig.in(folder), scheduler, Time.SYSTEM);
        new Topics(store::onMetadata).create("t", count, Map.of());
        store.start();
        return store;
    }

    private static LogStore close(LogStore store) {
        store.close();
        return store;
    }

    private static LogStore write(LogStore store, int count) {
        for (int i = 0; i < count; i++) {
            store.append(
                    new TopicPartition("t", i),
                    MemoryRecords.withRecords(
                            Compression.NONE, new SimpleRecord(System.currentTimeMillis(), null, new byte[100])),
                    AppendOrigin.CLIENT,
                    VerificationGuard.SENTINEL,
                    TransactionVersion.TV_UNKNOWN,
                    RequestLocal.noCaching());
        }
        return store;
    }

    private static LogStore timed(String what, java.util.concurrent.Callable<LogStore> work) throws Exception {
        long cpu = cpu();
        long start = System.nanoTime();
        LogStore store = work.call();
        System.out.printf(
                "%-16s %5d ms, %5d ms of CPU%n",
                what, (System.nanoTime() - start) / 1_000_000, (cpu() - cpu) / 1_000_000);
        return store;
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
