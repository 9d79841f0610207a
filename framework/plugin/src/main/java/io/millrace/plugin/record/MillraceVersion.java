package io.millrace.plugin.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of Millrace that writes a record. */
public final class MillraceVersion {
    private static final String TEXT = read();

    private MillraceVersion() {}

    /** For example {@code 0.1.0}. */
    public static String text() {
        return TEXT;
    }

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = MillraceVersion.class.getResourceAsStream("/io/millrace/plugin/version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "undefined");
    }
}
