package io.millrace.connectors.logs.tail;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The log that a file belongs to: its folder and its name without what rotation adds (numbers, dates, {@code .gz}, {@code .old}). Files of
 * one log are read in order, by one task, and their state is stored together. It depends on the path alone, so that all tasks agree
 * without talking; taking two logs for one costs parallelism only.
 */
record LogName(String text) {
    private static final Pattern ADDED = Pattern.compile("\\.(gz|gzip|old|bak|orig|tmp)(?=\\.|$)");
    private static final Pattern NUMBER = Pattern.compile("[._-]*\\d+([._:T-]+\\d+)*Z?");

    static LogName of(Path path) {
        String name = String.valueOf(path.getFileName());
        String stem = NUMBER.matcher(ADDED.matcher(name).replaceAll("")).replaceAll("");
        Path folder = path.toAbsolutePath().getParent();
        return new LogName((folder == null ? "" : folder) + "/" + (stem.isEmpty() ? "#" : stem));
    }

    /** The task that reads it. */
    int task(int tasks) {
        return Math.floorMod(text.hashCode(), tasks);
    }

    @Override
    public String toString() {
        return text;
    }
}
