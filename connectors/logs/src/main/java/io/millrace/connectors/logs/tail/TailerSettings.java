package io.millrace.connectors.logs.tail;

import java.time.Duration;
import java.util.List;

/**
 * What a {@link Tailer} does.
 *
 * @param paths patterns
 * @param exclude patterns
 * @param fromEnd whether files that are there at the very first start are begun at their end
 * @param task of {@code tasks}, from 0
 * @param scanInterval between looks into the folders
 * @param maxRecords of a poll
 * @param maxBytes of a poll, and at most one line more
 * @param maxOpenFiles above which handles of quiet files are given back
 */
public record TailerSettings(
        List<String> paths,
        List<String> exclude,
        boolean fromEnd,
        LineRules lines,
        int task,
        int tasks,
        Duration scanInterval,
        int maxRecords,
        long maxBytes,
        int maxOpenFiles) {
    public TailerSettings {
        paths = List.copyOf(paths);
        exclude = List.copyOf(exclude);
    }
}
