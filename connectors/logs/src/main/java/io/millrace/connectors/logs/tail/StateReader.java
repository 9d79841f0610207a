package io.millrace.connectors.logs.tail;

import java.util.Collection;
import java.util.Map;

/** Answers what was committed. */
@FunctionalInterface
public interface StateReader {

    /**
     * @param logs names
     * @return a {@link LogBatch#after} of each log that has one
     */
    Map<String, Map<String, String>> read(Collection<String> logs);
}
