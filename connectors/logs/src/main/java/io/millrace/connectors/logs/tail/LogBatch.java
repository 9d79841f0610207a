package io.millrace.connectors.logs.tail;

import java.util.List;
import java.util.Map;

/**
 * The events of one log and one poll.
 *
 * @param log its name
 * @param before the state before the first event
 * @param after the state after the last event
 */
public record LogBatch(String log, Map<String, String> before, Map<String, String> after, List<LogEvent> events) {
    public LogBatch {
        before = Map.copyOf(before);
        after = Map.copyOf(after);
        events = List.copyOf(events);
    }
}
