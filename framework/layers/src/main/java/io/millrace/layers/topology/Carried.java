package io.millrace.layers.topology;

import io.millrace.layers.record.Row;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way to where its state is.
 *
 * @param to the key of the state it is to meet; null where there is none to meet
 * @param key the event's own
 */
record Carried(@Nullable Bytes to, @Nullable Bytes key, Row row) {}
