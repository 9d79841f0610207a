/**
 * Adapts Kafka's group coordinator (classic, consumer and streams groups) to the broker's logs and metadata.
 */
@NullMarked
package io.millrace.broker.group;

import org.jspecify.annotations.NullMarked;
