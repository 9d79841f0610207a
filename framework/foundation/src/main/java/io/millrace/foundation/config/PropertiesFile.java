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
 * @param places of each key, for messages: {@code file:line}
 */
public record PropertiesFile(Map<String, String> values, Map<String, String> places) {
    public PropertiesFile {
        values = Map.copyOf(values);
        places = Map.copyOf(places);
    }

    /**
     * Reads a file in the format of Java's properties, UTF-8.
     *
     * @param code of the problem
     * @param format as the remedy names it: {@code Kafka's server.properties}
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

    /** {@code file:line} of a key, or the key itself where it is not in the file. */
    public String place(String key) {
        return places.getOrDefault(key, key);
    }

    @Override
    public String toString() {
        return "PropertiesFile" + values.keySet();
    }
}
