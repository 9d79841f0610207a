/**
 * Finds plugins on the plugin path, keeps them apart, and loads the ones that a configuration names.
 *
 * <p>{@link io.millrace.plugin.discovery.Plugins} is the door: {@code scan} reads names only (service manifests and versions of jars), and
 * {@code resolve} loads one class. Every entry of a folder on the plugin path is one plugin with one child-first
 * {@link io.millrace.plugin.discovery.PluginClassLoader}; the worker's own class path is the last place searched. Code of a plugin is run under
 * {@link io.millrace.plugin.discovery.ContextClassLoader}.
 *
 * <p>Invariants: a scan constructs and initializes no class of a plugin. Plugins share with the worker only the Connect API, kafka-clients,
 * SLF4J and {@code io.millrace.api}; the rest of {@code io.millrace} cannot be seen from a plugin.
 */
@NullMarked
package io.millrace.plugin.discovery;

import org.jspecify.annotations.NullMarked;
