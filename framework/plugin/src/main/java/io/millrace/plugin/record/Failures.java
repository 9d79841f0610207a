package io.millrace.plugin.record;

import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;

/** An exception of a plugin as a sentence of a problem. */
final class Failures {
    private Failures() {}

    /** Connect's own exceptions speak for themselves; of others the class is named too. */
    static String sentence(RuntimeException e) {
        String message = e.getMessage();
        boolean speaks = e instanceof ConfigException || e instanceof ConnectException;
        return sentence(speaks && message != null ? message : e.toString());
    }

    /** On one line, ending in a full stop. */
    static String sentence(String message) {
        String line = message.strip().replaceAll("\\s*\\R\\s*", " ");
        return line.endsWith(".") ? line : line + ".";
    }
}
