package io.millrace.connectors.logs;

/** The version of this plugin. */
final class Version {
    static final String VERSION = read();

    private Version() {}

    private static String read() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "0" : version;
    }
}
