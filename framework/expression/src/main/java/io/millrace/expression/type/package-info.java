/**
 * The types of a pipeline and how they stand in Connect schemas. One truth for contracts, casts, expressions and sinks.
 *
 * <p>A timestamp is an int64 of microseconds since the epoch, UTC, under the schema name {@code io.debezium.time.MicroTimestamp}
 * (Connect's own Timestamp keeps milliseconds only); a date is Connect's {@code Date}; a decimal is Connect's {@code Decimal}.
 */
@NullMarked
package io.millrace.expression.type;

import org.jspecify.annotations.NullMarked;
