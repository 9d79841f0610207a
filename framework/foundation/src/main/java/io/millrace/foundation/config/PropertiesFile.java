package io.millrace.foundation.config;

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
 * Properties as somebody wrote them, and where. Values may hold secrets, so they are not shown.
 *
 * @param values by key
 * @param places of each key, for messages: {@code file:line}, or where else it was said
 */
public record PropertiesFile(Map<String, String> values, Map<String, String> places) {
    public PropertiesFile {
        values = Map.copyOf(values);
        places = Map.copyOf(places);
    }

    /**
     * Reads a file in the format of Java's properties, UTF-8; as the remedy names it, {@code format}.
     *
     * @param code of the problem
     * @param format for example {@code Kafka's server.properties}
     * @throws ProblemException YOURS, if the file cannot be read
     */
    public static PropertiesFile read(Path file, String code, String format) {
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
                            code,
                            file.toString(),
                            "The properties '" + file + "' cannot be read: " + e + ".",
                            "Name a file in the format of " + format + "."),
                    e);
        }
        Map<String, String> values = new HashMap<>();
        Map<String, String> places = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> {
            values.put(key, properties.getProperty(key));
            places.put(key, file + ":" + line(lines, key));
        });
        return new PropertiesFile(values, places);
    }

    /** Nothing was written. */
    public static PropertiesFile none() {
        return new PropertiesFile(Map.of(), Map.of());
    }

    /** The same under what was said by a command line's {@code --set}. */
    public PropertiesFile with(Map<String, String> overrides) {
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

    /** Where a key was said, or the key itself where it was not. */
    public String place(String key) {
        return places.getOrDefault(key, key);
    }

    @Override
    public String toString() {
        return "PropertiesFile" + values.keySet();
    }
}
