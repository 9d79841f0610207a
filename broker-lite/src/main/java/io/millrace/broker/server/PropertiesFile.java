package io.millrace.broker.server;

import io.millrace.foundation.error.ExitCode;
import io.millrace.foundation.error.Problem;
import io.millrace.foundation.error.ProblemException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Properties as somebody wrote them, and where.
 *
 * @param values by key
 * @param places of each key, for messages: {@code file:line}, or {@code --set}
 */
record PropertiesFile(Map<String, String> values, Map<String, String> places) {
    PropertiesFile {
        values = Map.copyOf(values);
        places = Map.copyOf(places);
    }

    /**
     * Reads a file in the format of Java's properties.
     *
     * @param overrides what was said elsewhere and stands above the file
     * @throws ProblemException YOURS, if the file cannot be read
     */
    static PropertiesFile read(Path file, Map<String, String> overrides) {
        Properties properties = new Properties();
        List<String> lines;
        try {
            String text = Files.readString(file);
            properties.load(new StringReader(text));
            lines = text.lines().toList();
        } catch (IOException | IllegalArgumentException e) {
            throw new ProblemException(
                    ExitCode.YOURS,
                    Problem.error(
                            "broker.properties-unreadable",
                            file.toString(),
                            "The broker's properties '" + file + "' cannot be read: " + e + ".",
                            "Name a file in Kafka's server.properties format."),
                    e);
        }
        Map<String, String> values = new HashMap<>();
        Map<String, String> places = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> {
            values.put(key, properties.getProperty(key));
            places.put(key, file + ":" + line(lines, key));
        });
        return new PropertiesFile(values, places).with(overrides);
    }

    /** Nothing was written. */
    static PropertiesFile none() {
        return new PropertiesFile(Map.of(), Map.of());
    }

    /** The same under what was said on a command line. */
    PropertiesFile with(Map<String, String> overrides) {
        Map<String, String> all = new HashMap<>(values);
        all.putAll(overrides);
        Map<String, String> where = new HashMap<>(places);
        overrides.keySet().forEach(key -> where.put(key, "--set " + key));
        return new PropertiesFile(all, where);
    }

    /** The last line that sets a key counts, as in the file. */
    private static int line(List<String> lines, String key) {
        int found = 1;
        for (int i = 0; i < lines.size(); i++) {
            String text = lines.get(i).stripLeading();
            if (text.startsWith(key) && text.substring(key.length()).matches("\\s*[=:].*|\\s+.*|")) {
                found = i + 1;
            }
        }
        return found;
    }

    String place(String key) {
        return places.getOrDefault(key, key);
    }
}
