/**
 * What our connectors share, bundled into each of their plugins: settings that are declared once for a pipeline and for Connect
 * ({@link io.millrace.connectors.common.Setting}), sizes and durations, what a sink knows of a topic's stream and of where
 * a record comes from, values as JSON. It is no plugin
 * and keeps nothing.
 */
@NullMarked
package io.millrace.connectors.common;

import org.jspecify.annotations.NullMarked;
