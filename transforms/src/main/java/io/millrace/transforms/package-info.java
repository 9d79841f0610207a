/**
 * Single-message transforms that Kafka does not bring, for sources, layers and sinks, here and on any Connect worker. Each class is one
 * transform; where both make sense its nested classes {@code Key} and {@code Value} say which half of the record is changed. Paths name
 * nested fields everywhere ({@link io.millrace.transforms.path.FieldPath}).
 *
 * <p>Invariants: a record is never changed in place; tombstones pass as they are; a record with schema leaves with one that fits; a record
 * that cannot be transformed is a {@link org.apache.kafka.connect.errors.DataException} that names field and remedy, never the value of a
 * masked field.
 */
@NullMarked
package io.millrace.transforms;

import org.jspecify.annotations.NullMarked;
