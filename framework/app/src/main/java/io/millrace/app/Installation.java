package io.millrace.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * The distribution this process was started from.
 *
 * @param home the folder with lib, plugins and dev
 */
public record Installation(Path home) {

    /** As the launcher says it by the system property {@code millrace.home}. */
    public static Installation current() {
        String home = System.getProperty("millrace.home");
        if (home == null) {
            throw new IllegalStateException("millrace.home is not set: start Millrace by its launcher");
        }
        return new Installation(Path.of(home).toAbsolutePath().normalize());
    }

    /** Where plugins are: Connect's {@code plugin.path}. */
    public List<Path> pluginPath() {
        return List.of(home.resolve("plugins"));
    }

    /** The dev services' jars. */
    public Path devHome() {
        return home.resolve("dev");
    }

    /** The version that was built. */
    public static String version() {
        Properties properties = new Properties();
        try (InputStream in = Installation.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
