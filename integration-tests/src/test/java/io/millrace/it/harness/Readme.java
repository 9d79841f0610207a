package io.millrace.it.harness;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Configurations that a document shows its readers, for a test to run. */
public final class Readme {
    private static final Pattern FENCE = Pattern.compile("(?ms)^```(json|properties)\n(.*?)^```$");

    private Readme() {}

    /**
     * The configurations in a section, in their order.
     *
     * @param document its path in the project
     * @param section the section's title with all signs, as in {@code # The guide}
     */
    public static List<Map<String, String>> configs(String document, String section) throws IOException {
        Path file = Distribution.project().resolve(document);
        for (String part : Files.readString(file).split("(?m)^(?=#{1,2} )")) {
            if (part.startsWith(section + "\n")) {
                return FENCE.matcher(part)
                        .results()
                        .map(fence -> parsed(fence.group(1), fence.group(2)))
                        .toList();
            }
        }
        throw new IllegalStateException("'" + document + "' has no section '" + section + "'");
    }

    private static Map<String, String> parsed(String language, String text) {
        try {
            if (language.equals("json")) {
                return new ObjectMapper().readValue(text, new TypeReference<TreeMap<String, String>>() {});
            }
            Properties properties = new Properties();
            properties.load(new StringReader(text));
            Map<String, String> config = new TreeMap<>();
            properties.stringPropertyNames().forEach(name -> config.put(name, properties.getProperty(name)));
            return config;
        } catch (IOException e) {
            throw new IllegalStateException("a block of " + language + " cannot be read:\n" + text, e);
        }
    }
}
