/**
 * What a plugin of ours may compile against besides connect-api. A connector module offers its short YAML type by a
 * {@link io.millrace.api.ConnectorShorthand} named in META-INF/services; the worker knows nothing of it and runs the plain Connect
 * connector that it expands to.
 */
@NullMarked
package io.millrace.api;

import org.jspecify.annotations.NullMarked;
