package io.millrace.connectors.common;

/** The version of the plugin that this jar is bundled in: all of them have the project's. */
public final class Version {
    public static final String VERSION = read();

    private Version() {}

    private static String read() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "0" : version;
    }
}
