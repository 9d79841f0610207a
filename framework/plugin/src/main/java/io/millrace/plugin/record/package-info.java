/**
 * What stands between a connector and a topic: converters, the transform chain, and the dead letter that worker and layers write alike.
 */
@NullMarked
package io.millrace.plugin.record;

import org.jspecify.annotations.NullMarked;
