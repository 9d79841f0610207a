package io.millrace.it.bench;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux tells of a process. */
final class ProcessFigures {
    /** {@code USER_HZ}, which is 100 on all platforms that we build on. */
    private static final int TICKS_DIGITS = 2;

    private static final int USER_FIELD = 11;

    private ProcessFigures() {}

    /** User and system time of all its threads, ended ones too. */
    static BigDecimal cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        // the name before may hold spaces
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return BigDecimal.valueOf(Long.parseLong(fields[USER_FIELD]) + Long.parseLong(fields[USER_FIELD + 1]))
                .movePointLeft(TICKS_DIGITS);
    }

    /** The most memory that it ever had resident. */
    static long peakResidentBytes(long pid) throws IOException {
        return kibibytes(pid, "status", "VmHWM:") << 10;
    }

    /** The memory that it has resident now, pages of files that it maps included. */
    static long residentBytes(long pid) throws IOException {
        return kibibytes(pid, "status", "VmRSS:") << 10;
    }

    /** The same with a share only of pages that other processes map too. */
    static long proportionalBytes(long pid) throws IOException {
        return kibibytes(pid, "smaps_rollup", "Pss:") << 10;
    }

    private static long kibibytes(long pid, String file, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), file)).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow(() -> new IOException("process " + pid + " tells no " + field + " in its " + file));
    }
}
