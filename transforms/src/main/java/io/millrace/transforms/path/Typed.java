package io.millrace.transforms.path;

import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A value and its schema.
 *
 * @param schema null where there is none
 */
public record Typed(@Nullable Schema schema, @Nullable Object value) {}
