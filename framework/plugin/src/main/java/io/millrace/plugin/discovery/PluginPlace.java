package io.millrace.plugin.discovery;

import java.util.Map;

/** Where plugins lie: one entry of the plugin path, or the worker's class path. */
sealed interface PluginPlace permits PluginFolder, WorkerClassPath {
    String UNDEFINED = "undefined";

    /** As messages name it. */
    String location();

    ClassLoader loader();

    /** The class names that the place's manifests give for a service, with the version of their jar, in order. */
    Map<String, String> listed(String service);

    /** Whether the place itself holds the class, listed or not. Loads nothing. */
    boolean holds(String className);

    /** The version of the jar that holds the class, or {@code undefined}. */
    String versionOf(String className);
}
