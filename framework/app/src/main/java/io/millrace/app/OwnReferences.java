package io.millrace.app;

import io.millrace.pipeline.reference.ReferenceResolver;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers references from this process's environment and from properties files. */
final class OwnReferences {
    private static final Logger LOG = LoggerFactory.getLogger(OwnReferences.class);

    private OwnReferences() {}

    static ReferenceResolver resolver() {
        return ReferenceResolver.of(System.getenv(), OwnReferences::properties);
    }

    private static Map<String, String> properties(String path) {
        Path file = Path.of(path);
        if (!Files.exists(file)) {
            return Map.of();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException e) {
            // the reference then has no value, which is reported with its place
            LOG.atWarn().setCause(e).addKeyValue("file", file).log("a properties file cannot be read");
            return Map.of();
        }
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toUnmodifiableMap(name -> name, properties::getProperty));
    }
}
