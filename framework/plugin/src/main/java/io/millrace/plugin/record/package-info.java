/**
 * What stands between a connector and a topic.
 *
 * <p>{@link io.millrace.plugin.record.ConverterSet} turns Connect data into bytes and back, {@link io.millrace.plugin.record.TransformChain}
 * runs single-message transforms; both are made from a connector's plain configuration, tell all that is wrong with it at once, and call every
 * plugin under its own class loader. {@link io.millrace.plugin.record.DeadLetter} is the record that worker and layers write alike when a record can
 * never pass, with the headers of {@link io.millrace.plugin.record.DeadLetterHeaders}.
 *
 * <p>{@link io.millrace.plugin.record.RecordPath} says whether Apache's JsonConverter and transforms run as they are or compiled, by {@code
 * io.millrace.plugin.json} and {@code io.millrace.plugin.fusion}: same bytes, same records, same failures.
 *
 * <p>{@link io.millrace.plugin.record.ReplayRecord} makes of a dead letter the record that enters its stage again, by
 * {@link io.millrace.plugin.record.ReplayHeaders}; {@link io.millrace.plugin.record.Breaker} stops a stage of which too many records die.
 *
 * <p>Invariants: converters and chains belong to one thread. A chain wraps whatever a step throws in
 * {@link io.millrace.plugin.record.TransformFailure}; a converter's exception passes unchanged. Neither retries nor tolerates: that is the caller's.
 */
@NullMarked
package io.millrace.plugin.record;

import org.jspecify.annotations.NullMarked;
